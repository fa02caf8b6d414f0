// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.Step;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.testkit.SimOutcome;
import io.firn.cold.wal.LogHistory;
import io.firn.cold.wal.OldLogSegment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The crashes and damages that have a name. */
final class CrashCasesTest {
  private static final int SECTOR_BYTES = 512;
  private static final int INSERT_BYTES = 40;

  @Test
  void aKillBetweenTakingTheLsnAndPublishing_losesNothingElse() throws IOException {
    SimStore store = SimStore.create(FlushMode.ASYNC);
    for (int i = 0; i < 50; i++) {
      long ignored = store.put(i, "first " + i);
    }
    store.threads.crashAt(Step.LSN_TAKEN, store.threads.steps(Step.LSN_TAKEN) + 1);
    SimStore killed = store;
    store.threads.spawn("writer", () -> assertThat(killed.put(7, "second")).isNegative());
    assertThat(store.threads.run()).isEqualTo(SimOutcome.CRASHED);
    assertThat(store.threads.crashStep()).isEqualTo(Step.LSN_TAKEN);

    store = SimStore.open(FlushMode.ASYNC, DamagePolicy.FAIL, 2, store.disk);
    for (int i = 0; i < 50; i++) {
      assertThat(store.get(i)).isEqualTo("first " + i);
    }
  }

  @Test
  void aLaterLogBlockWithoutAnEarlierOne_endsTheHistory_twiceInARow() throws IOException {
    SimStore store = SimStore.create(FlushMode.NONE);
    String[] expected = new String[100];
    for (int life = 1; life <= 2; life++) {
      Place[] places = new Place[expected.length];
      for (int i = 0; i < places.length; i++) {
        places[i] = place(store.disk, store.put(i, "life " + life + " value " + i));
      }
      long hole = places[50].offset / SECTOR_BYTES * SECTOR_BYTES;
      try (DiskFile file = store.disk.open(places[50].path, Disk.OpenMode.WRITE)) {
        file.write(hole, new byte[SECTOR_BYTES], 0, SECTOR_BYTES);
      }
      for (int i = 0; i < places.length; i++) {
        if (places[i].offset + INSERT_BYTES <= hole) {
          expected[i] = "life " + life + " value " + i;
        }
      }
      store = SimStore.open(FlushMode.NONE, DamagePolicy.FAIL, life + 1, store.disk);
      for (int i = 0; i < expected.length; i++) {
        assertThat(store.get(i)).as("key %d in life %d", i, life).isEqualTo(expected[i]);
      }
    }
    assertThat(expected[0]).isEqualTo("life 2 value 0");
    assertThat(expected[99]).isNull();
  }

  @Test
  void aPowerFailureSoonAfterAKill_losesNothingThatTheRecoveryFound() throws IOException {
    SimStore store = SimStore.create(FlushMode.NONE);
    for (int i = 0; i < 50; i++) {
      long ignored = store.put(i, "value " + i);
    }
    store = SimStore.open(FlushMode.NONE, DamagePolicy.FAIL, 2, store.disk);
    assertThat(store.get(49)).isEqualTo("value 49");
    SimDisk afterPowerFailure = store.disk.crash(CrashKind.POWER);
    store = SimStore.open(FlushMode.NONE, DamagePolicy.FAIL, 3, afterPowerFailure);
    for (int i = 0; i < 50; i++) {
      assertThat(store.get(i)).isEqualTo("value " + i);
    }
  }

  @Test
  void aRecycledLogSegment_holdsNoFramesOfItsEarlierLife() throws IOException {
    SimStore store = SimStore.create(FlushMode.ASYNC);
    String[] expected = new String[50];
    long before = store.threads.steps(Step.RECYCLE);
    for (int round = 0; store.threads.steps(Step.RECYCLE) < before + 20; round++) {
      for (int i = 0; i < expected.length; i++) {
        expected[i] = "round " + round + " value " + i;
        long ignored = store.put(i, expected[i]);
      }
      assertThat(store.pass(10_000)).isEqualTo(SimOutcome.DONE);
    }
    for (int life = 2; life <= 3; life++) {
      store = SimStore.open(FlushMode.ASYNC, DamagePolicy.FAIL, life, store.disk);
      assertThat(store.engine.recovery().gaps()).isEmpty();
      for (int i = 0; i < expected.length; i++) {
        assertThat(store.get(i)).isEqualTo(expected[i]);
      }
      expected[life] = "life " + life;
      long ignored = store.put(life, expected[life]);
    }
  }

  /** Where a frame stands. */
  private record Place(String path, long offset) {}

  private static Place place(SimDisk disk, long lsn) throws IOException {
    for (OldLogSegment segment : LogHistory.open(disk).segments()) {
      if (segment.baseLsn() <= lsn && lsn < segment.endLsn()) {
        return new Place(segment.path(), lsn - segment.baseLsn() + LogSegmentHeader.BYTES);
      }
    }
    throw new AssertionError("no log segment holds " + lsn);
  }

  private static SimDisk withABadFrame() throws IOException {
    SimStore store = SimStore.create(FlushMode.SYNC);
    long middle = 0;
    for (int i = 0; i < 50; i++) {
      long lsn = store.put(i, "value " + i);
      middle = i == 25 ? lsn : middle;
    }
    Place place = place(store.disk, middle);
    store.disk.flipBit(place.path, (place.offset + 20) * Byte.SIZE);
    return store.disk;
  }

  @Test
  void aBadFrameBelowTheMark_emptiesTheTables_byDefault() throws IOException {
    SimStore store = SimStore.open(FlushMode.SYNC, DamagePolicy.STANDARD, 2, withABadFrame());
    assertThat(store.engine.recovery().gaps()).hasSize(1);
    assertThat(store.engine.recovery().emptiedTables()).isEqualTo(1);
    for (int i = 0; i < 50; i++) {
      assertThat(store.get(i)).isNull();
    }
    assertThat(store.put(1, "new")).isPositive();
    store = SimStore.open(FlushMode.SYNC, DamagePolicy.STANDARD, 3, store.disk);
    assertThat(store.get(1)).isEqualTo("new");
    assertThat(store.get(2)).isNull();
  }

  @Test
  void aBadFrameBelowTheMark_costsOneKey_whenSalvaging() throws IOException {
    SimStore store = SimStore.open(FlushMode.SYNC, DamagePolicy.SALVAGE, 2, withABadFrame());
    assertThat(store.engine.recovery().gaps()).hasSize(1);
    assertThat(store.engine.recovery().emptiedTables()).isZero();
    for (int i = 0; i < 50; i++) {
      assertThat(store.get(i)).isEqualTo(i == 25 ? null : "value " + i);
    }
  }

  @Test
  void aBadFrameBelowTheMark_isRefused_ifTheSettingsSaySo() throws IOException {
    SimDisk disk = withABadFrame();
    assertThatThrownBy(() -> SimStore.open(FlushMode.SYNC, DamagePolicy.FAIL, 2, disk))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("log");
  }

  @Test
  void aBadFrameBelowTheMark_setsTheStoreAside_ifTheSettingsSaySo() throws IOException {
    SimStore store = SimStore.open(FlushMode.SYNC, DamagePolicy.START_EMPTY, 2, withABadFrame());
    assertThat(store.engine.recovery().created()).isTrue();
    assertThat(store.get(1)).isNull();
    assertThat(store.disk.list("lost")).isNotEmpty();
  }

  /** A store with two snapshots, after 40 and after 50 keys, and 10 keys in the log only. */
  private static SimStore withTwoSnapshots() throws IOException {
    SimStore store = SimStore.create(FlushMode.SYNC);
    for (int i = 0; i < 60; i++) {
      long ignored = store.put(i, "value " + i);
      if (i == 39 || i == 49) {
        store.engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
      }
    }
    return store;
  }

  private static void damage(SimStore store, @Nullable Slot slot) {
    if (slot == null) {
      throw new AssertionError("there is no such snapshot");
    }
    long entry = slot.offset + SlotHeader.SLOT_HEADER_BYTES + 5;
    store.disk.flipBit(store.table.indexFile().path(), entry * Byte.SIZE);
  }

  private static SlotPair places(SimStore store) {
    return IndexFile.pairOf(store.table.index().partitions().get(0));
  }

  @Test
  void aDamagedSnapshot_isReplacedByTheOlderOneAndTheLog() throws IOException {
    SimStore store = withTwoSnapshots();
    damage(store, places(store).newer);
    store = SimStore.open(FlushMode.SYNC, DamagePolicy.FAIL, 2, store.disk);
    assertThat(store.engine.recovery().damagedSnapshots()).isEqualTo(1);
    for (int i = 0; i < 60; i++) {
      assertThat(store.get(i)).isEqualTo("value " + i);
    }
  }

  @Test
  void twoDamagedSnapshots_costTheEntriesThatOnlyTheyHeld() throws IOException {
    SimStore store = withTwoSnapshots();
    damage(store, places(store).newer);
    damage(store, places(store).older);
    store = SimStore.open(FlushMode.SYNC, DamagePolicy.STANDARD, 2, store.disk);
    assertThat(store.engine.recovery().damagedSnapshots()).isEqualTo(2);
    for (int i = 0; i < 60; i++) {
      assertThat(store.get(i)).isIn("value " + i, null);
    }
    for (int i = 40; i < 60; i++) {
      assertThat(store.get(i)).isEqualTo("value " + i);
    }
  }

  @Test
  void afterAllIsDeleted_silenceGivesTheFilesBack() throws IOException {
    SimStore store = SimStore.create(FlushMode.ASYNC);
    String value = "v".repeat(2_000);
    for (int i = 0; i < 200; i++) {
      long ignored = store.put(i, value);
    }
    assertThat(store.engine.stats().dataBytes()).isGreaterThan(400_000);
    for (int i = 0; i < 200; i++) {
      assertThat(store.remove(i)).isPositive();
    }
    assertThat(store.pass(10_000)).isEqualTo(SimOutcome.DONE);
    assertThat(store.engine.stats().dataBytes()).isZero();
    assertThat(store.disk.list("data/" + store.table.id())).isEmpty();
    assertThat(store.engine.stats().logBytes()).isLessThanOrEqualTo(64 << 10);
    store.engine.close();
    store = SimStore.open(FlushMode.ASYNC, DamagePolicy.FAIL, 2, store.disk);
    assertThat(store.get(3)).isNull();
    assertThat(store.table.size()).isZero();
  }
}
