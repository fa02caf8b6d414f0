// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.Octets;
import io.firn.cold.io.DirectIo;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.segment.Segment;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.testkit.SimOutcome;
import io.firn.cold.testkit.SimThreads;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpacePressureTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final long WAIT_NANOS = 10_000_000_000L;

  private final ManualTime time = new ManualTime();
  private final SimThreads threads = new SimThreads(5, time);
  private final SimDisk disk = new SimDisk(5, threads);
  private final Engine engine = open();
  private final SpacePressure pressure = engine.pressure();

  /** A writer lacks space, as the listener heard. */
  private boolean lacking;

  private int evicted;

  private Engine open() {
    SplittableRandom random = new SplittableRandom(5);
    try {
      return StoreOpening.open(
          StillStore.waiting(6 * MEBIBYTE, WAIT_NANOS),
          new Engine.Seams(
              disk, new DirectIo(time), threads, time, random::nextLong, PendingWrite::new));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Table table(String name) {
    return engine.openTable(name, Octets.EMPTY);
  }

  /** Puts keys until one is refused; returns that. */
  private static int fill(Table table) {
    return fill(table, 0);
  }

  private static int fill(Table table, int from) {
    for (int i = from; ; i++) {
      try {
        StillStore.put(table, i, 0);
      } catch (DiskFullException e) {
        return i;
      }
    }
  }

  /** Fills a table until the workers find nothing to free any more; returns the refused key. */
  private int fillForGood(Table table) {
    int refused = fill(table);
    for (int before = -1; before != refused; ) {
      before = refused;
      threads.sleep(WAIT_NANOS);
      refused = fill(table, before);
    }
    return refused;
  }

  /** Evicts the oldest segment of a table. */
  private void evictOldest(Table table) {
    Segment oldest = null;
    for (Segment each : table.space().segments()) {
      if (oldest == null || each.lsnBase() < oldest.lsnBase()) {
        oldest = each;
      }
    }
    if (oldest != null) {
      EvacuationResult result =
          new Evacuator(table)
              .retire(oldest.number(), (hash, word, bytes, written, expires) -> false, move -> {});
      evicted += result.rejected();
    }
  }

  /** Makes room whenever a writer lacks some, until the writers are done. */
  private void makeRoom(Table table, boolean[] done) {
    while (!done[0]) {
      check(table);
      if (lacking) {
        lacking = false;
        evictOldest(table);
      }
      threads.yieldNow();
    }
  }

  private void check(Table table) {
    assertThat(disk.allocatedBytes()).isLessThanOrEqualTo(6 * MEBIBYTE);
    if (table.maximumBytes() > 0) {
      assertThat(table.space().fileBytes()).isLessThanOrEqualTo(table.maximumBytes());
      assertThat(table.space().segments().stream().mapToLong(Segment::capacity).sum())
          .isLessThanOrEqualTo(table.maximumBytes());
    }
  }

  private void run() {
    assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
  }

  /** Puts keys while another task makes room; each put must find some. */
  private void writeWhileRoomIsMade(Table table, int from, int count) {
    boolean[] done = new boolean[1];
    pressure.listen(id -> lacking = id == table.id() && pressure.isLacking(id));
    threads.spawn("room", () -> makeRoom(table, done));
    threads.spawn(
        "writer",
        () -> {
          for (int i = from; i < from + count; i++) {
            StillStore.put(table, i, 0);
            assertThat(StillStore.get(table, i)).isEqualTo(StillStore.value(i, 0));
          }
          done[0] = true;
        });
    run();
  }

  @Test
  void aFullStore_takesPuts_whileSomebodyMakesRoom() {
    Table table = table("t");
    int full = fill(table);
    assertThat(pressure.waits()).isZero();
    writeWhileRoomIsMade(table, full, full);
    assertThat(evicted).isPositive();
    assertThat(pressure.served()).isPositive();
    assertThat(pressure.waiting()).isZero();
    engine.close();
  }

  @Test
  void aLimitOfATable_holdsAtEveryMoment_andOthersKeepTheirs() {
    Table other = table("other");
    for (int i = 0; i < 500; i++) {
      StillStore.put(other, i, 0);
    }
    Table table = table("t");
    assertThat(table.maximumBytes()).isZero();
    table.limitBytes(MEBIBYTE);
    assertThat(table.maximumBytes()).isEqualTo(MEBIBYTE);
    int full = fill(table);
    check(table);
    writeWhileRoomIsMade(table, full, 3 * full);
    assertThat(evicted).isGreaterThan(full);
    EvacuationFixture.check(other, 0, 500, 0);
    table.limitBytes(0);
    pressure.listen(null);
    assertThat(fill(table)).isGreaterThan(2 * full);
    assertThatThrownBy(() -> table.limitBytes(-1)).isInstanceOf(IllegalArgumentException.class);
    engine.close();
  }

  @Test
  void aFullTable_copiesItsSurvivorsWithoutWaiting() {
    Table table = table("t");
    table.limitBytes(MEBIBYTE);
    int full = fill(table);
    pressure.listen(id -> true);
    for (int i = 0; i < full; i += 2) {
      assertThat(StillStore.remove(table, i)).isTrue();
    }
    threads.spawn(
        "compaction",
        () -> {
          table.space().closeStreams();
          threads.sleep(WAIT_NANOS);
          int moved = 0;
          for (Segment each : table.space().segments()) {
            moved +=
                new Evacuator(table)
                    .retire(each.number(), RecordFilter.KEEP_ALL, move -> {})
                    .moved();
            threads.sleep(WAIT_NANOS);
            check(table);
          }
          assertThat(moved).isPositive();
        });
    run();
    assertThat(pressure.waits()).isZero();
    for (int i = 1; i < full; i += 2) {
      assertThat(StillStore.get(table, i)).isEqualTo(StillStore.value(i, 0));
    }
    StillStore.put(table, full, 0);
    engine.close();
  }

  @Test
  void withoutRoomInTime_aPutIsRefused_andKeepsTheInterrupt() {
    Table table = table("t");
    threads.spawn(
        "writer",
        () -> {
          int full = fillForGood(table);
          pressure.listen(
              new SpacePressure.Listener() {
                @Override
                public boolean lacks(int tableId) {
                  lacking = true;
                  return true;
                }

                @Override
                public boolean helps(int tableId) {
                  return false; // writers keep to the pages that they had when they filled it
                }
              });
          long before = time.nanoTime();
          Thread.currentThread().interrupt();
          assertThatThrownBy(() -> StillStore.put(table, full, 0))
              .isInstanceOf(DiskFullException.class);
          assertThat(Thread.interrupted()).isTrue();
          assertThat(time.nanoTime() - before).isGreaterThanOrEqualTo(WAIT_NANOS);
        });
    run();
    assertThat(lacking).isTrue();
    assertThat(pressure.waits()).isPositive();
    assertThat(pressure.served()).isZero();
    assertThat(StillStore.get(table, 0)).isEqualTo(StillStore.value(0, 0));
    engine.close();
  }

  @Test
  void aPutIsRefusedAtOnce_whenNobodyMakesRoomInItsTable() {
    Table table = table("t");
    int full = fill(table);
    pressure.listen(id -> false);
    assertThatThrownBy(() -> StillStore.put(table, full, 0)).isInstanceOf(DiskFullException.class);
    assertThat(pressure.isLacking(table.id())).isFalse();
    assertThat(pressure.waits()).isZero();
    engine.close();
  }

  @Test
  void aPutIsRefusedAtOnce_whenItIsTheFileSystemThatIsFull() {
    Table table = table("t");
    StillStore.put(table, 0, 0);
    pressure.listen(id -> lacking = true);
    disk.failFrom(DiskCall.OPEN, 1, Fault.ENOSPC);
    assertThat(fill(table)).isPositive();
    assertThat(lacking).isFalse();
    disk.heal();
    engine.close();
  }

  @Test
  void whatCouldNeverFit_isRefusedAtOnce() {
    Table table = table("t");
    table.limitBytes(MEBIBYTE / 2);
    pressure.listen(id -> lacking = true);
    assertThatThrownBy(
            () -> StillStore.put(table, StillStore.key(1), new byte[(int) MEBIBYTE * 3 / 4]))
        .isInstanceOf(DiskFullException.class)
        .hasMessageContaining("by the table");
    assertThat(lacking).isFalse();
    engine.close();
  }

  @Test
  void closingTheStore_orDroppingTheTable_endsAWait() {
    for (boolean drop : new boolean[] {true, false}) {
      pressure.listen(null);
      Table table = table("t");
      int full = fill(table);
      pressure.listen(id -> lacking = true);
      threads.spawn(
          "writer",
          () -> {
            long before = time.nanoTime();
            assertThatThrownBy(() -> StillStore.put(table, full, 0))
                .isInstanceOf(StoreClosedException.class);
            assertThat(time.nanoTime() - before).isLessThan(WAIT_NANOS);
          });
      threads.spawn(
          "closer",
          () -> {
            while (pressure.waiting() == 0) {
              threads.yieldNow();
            }
            if (drop) {
              assertThat(engine.dropTable("t")).isPositive();
            } else {
              engine.close();
            }
          });
      run();
    }
  }
}
