// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.Frames;
import io.firn.cold.format.PageHeader;
import io.firn.cold.format.PageLayout;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.wal.LogHistory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** {@code sync} with one force, of the log: what it forces, and what power failures leave. */
final class OneForceSyncTest {
  private static final int PAGE_BYTES = StillStore.OPTIONS.space().pageBytes();
  private static final int LARGE_BYTES = 2 * StillStore.OPTIONS.carriedBytes();
  private static final int SEEDS = 20;

  private static EngineOptions mode(FlushMode mode) {
    return StillStore.with(64L << 20, mode, DamagePolicy.FAIL, false);
  }

  private static StillStore open(SimDisk disk) throws IOException {
    return StillStore.open(disk, mode(FlushMode.SYNC));
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static void put(Table table, int key, byte[] value) {
    StillStore.put(table, StillStore.key(key), value);
  }

  private static long word(Table table, int key) {
    byte[] bytes = StillStore.key(key);
    return table.index().find(table.hashOf(bytes, bytes.length));
  }

  /** Counts the frames of a type that the log holds, with all of some flags. */
  private static long frames(SimDisk disk, FrameType type, int flags) throws IOException {
    long[] count = new long[1];
    LogHistory.open(disk)
        .replay(
            0,
            Long.MAX_VALUE,
            (lsn, frame) -> {
              count[0] += frame.type() == type && (frame.flags() & flags) == flags ? 1 : 0;
              return true;
            });
    return count[0];
  }

  @Test
  void aPut_forcesTheLogAndNothingElse() throws IOException {
    List<String> forced = new ArrayList<>();
    SimDisk disk =
        new SimDisk(1)
            .skipForces(
                path -> {
                  forced.add(path);
                  return false;
                });
    try (StillStore store = open(disk)) {
      put(store.table(), 0, bytes(100, 0));
      assertThat(forced).anyMatch(path -> path.startsWith("data/"));
      forced.clear();
      for (int i = 1; i <= 20; i++) {
        put(store.table(), i, bytes(100, i));
      }
      assertThat(forced).hasSize(20).allMatch(path -> path.startsWith("wal/"));
      assertThat(frames(disk, FrameType.PAGE_DELTA, 0)).isEqualTo(21);
      forced.clear();
      store.checkpoint();
      assertThat(forced).anyMatch(path -> path.startsWith("data/"));
    }
  }

  @Test
  void aLargeRecord_isForcedBeforeItsFrame() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      StillStore store = open(disk);
      for (int i = 0; i < 8; i++) {
        put(store.table(), i, bytes(LARGE_BYTES, i));
      }
      assertThat(frames(disk, FrameType.TUPLE_INSERT, Frames.FORCED_BEFORE)).isEqualTo(8);
      try (StillStore next = open(disk.crash(CrashKind.POWER))) {
        for (int i = 0; i < 8; i++) {
          assertThat(StillStore.get(next.table(), i)).isEqualTo(bytes(LARGE_BYTES, i));
        }
        assertThat(next.engine().recovery().repairedRecords()).isZero();
      }
    }
  }

  @Test
  void aPowerFailure_losesNothing_andWhatIsMissingInThePagesIsWrittenAgain() throws IOException {
    long repaired = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      StillStore store = open(disk);
      for (int i = 0; i < 200; i++) {
        put(store.table(), i % 150, bytes(10 + 7 * i, i));
      }
      SimDisk failed = disk.crash(CrashKind.POWER);
      StillStore second = open(failed);
      checkAll(second.table());
      repaired += second.engine().recovery().repairedRecords();
      // What was repaired was forced and marked before anybody could use it.
      SimDisk failedAgain = failed.crash(CrashKind.POWER);
      try (StillStore third = open(failedAgain)) {
        checkAll(third.table());
        assertThat(third.engine().recovery().repairedRecords()).isZero();
        assertPagesVerify(failedAgain, third);
      }
    }
    assertThat(repaired).isPositive();
  }

  private static void checkAll(Table table) {
    for (int key = 0; key < 150; key++) {
      int last = key < 50 ? key + 150 : key;
      assertThat(StillStore.get(table, key)).isEqualTo(bytes(10 + 7 * last, last));
    }
    assertThat(table.counters().damaged.sum()).isZero();
  }

  /** Checks header and checksum of every page in which a live record stands. */
  private static void assertPagesVerify(SimDisk disk, StillStore store) throws IOException {
    PageLayout layout = store.table().space().layout();
    for (int key = 0; key < 150; key++) {
      long word = word(store.table(), key);
      String path = "data/1/" + Address.segment(word) + ".seg";
      int first = layout.pageOf(Address.offset(word));
      byte[] page = new byte[PAGE_BYTES];
      try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
        file.read((long) first * PAGE_BYTES, page, 0, PAGE_BYTES);
        int header = (int) (layout.headerOf(first) - (long) first * PAGE_BYTES);
        PageHeader read = PageHeader.read(page, header, PAGE_BYTES, path);
        assertThat(read.pageNumber()).isEqualTo(first);
      } catch (CorruptBytesException e) {
        throw new AssertionError("page " + first + " of " + path + " does not verify", e);
      }
    }
  }

  @Test
  void whatWasSealed_hasItsHeadersAfterAPowerFailure() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      StillStore store = open(disk);
      for (int i = 0; i < 100; i++) {
        put(store.table(), i, bytes(300, i));
      }
      store.table().space().closeStreams();
      store.work(20);
      put(store.table(), 100, bytes(300, 100));
      try (StillStore next = open(disk.crash(CrashKind.POWER))) {
        assertThat(next.engine().recovery().repairedRecords()).isLessThan(20);
        assertThat(next.engine().verify().findings()).isEmpty();
      }
    }
  }

  @Test
  void aCarriedRecordThatWasDamagedInASealedPage_isRepairedWithItsPage() throws IOException {
    SimDisk disk = new SimDisk(1);
    StillStore store = open(disk);
    for (int i = 0; i < 100; i++) {
      put(store.table(), i, bytes(300, i));
    }
    store.table().space().closeStreams();
    store.work(20);
    long word = word(store.table(), 50);
    SimDisk failed = disk.crash(CrashKind.PROCESS);
    failed.flipBit("data/1/" + Address.segment(word) + ".seg", 8 * (Address.offset(word) + 100));
    try (StillStore next = open(failed)) {
      assertThat(next.engine().recovery().repairedRecords()).isEqualTo(1);
      assertThat(StillStore.get(next.table(), 50)).isEqualTo(bytes(300, 50));
      assertThat(next.engine().verify().findings()).isEmpty();
    }
  }

  /** k1's page gets a second life, whose records are not carried: k1's frame must not touch it. */
  @Test
  void anOlderLifeOfAPage_isNotWrittenOverANewerOne() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      StillStore store = open(disk);
      Table table = store.table();
      put(table, 1000, bytes(100, 1000));
      for (int i = 0; i < 300; i++) {
        put(table, i % 40, bytes(300, i));
      }
      for (int i = 0; i < 40; i++) {
        assertThat(StillStore.remove(table, i)).isTrue();
      }
      table.space().closeStreams();
      store.work(200);
      for (int i = 0; i < 12; i++) {
        put(table, 2000 + i, bytes(LARGE_BYTES, i));
      }
      try (StillStore next = open(disk.crash(CrashKind.POWER))) {
        assertThat(StillStore.get(next.table(), 1000)).isEqualTo(bytes(100, 1000));
        for (int i = 0; i < 12; i++) {
          assertThat(StillStore.get(next.table(), 2000 + i)).isEqualTo(bytes(LARGE_BYTES, i));
        }
      }
    }
  }

  @Test
  void theTypeOfTheFrameDecides_notTheMode() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      StillStore store = open(disk);
      for (int i = 0; i < 50; i++) {
        put(store.table(), i, bytes(200, i));
      }
      SimDisk failed = disk.crash(CrashKind.POWER);
      StillStore async = StillStore.open(failed, mode(FlushMode.NONE));
      for (int i = 0; i < 50; i++) {
        assertThat(StillStore.get(async.table(), i)).isEqualTo(bytes(200, i));
        put(async.table(), 100 + i, bytes(200, i));
      }
      async.engine().flush();
      try (StillStore sync = open(failed.crash(CrashKind.POWER))) {
        for (int i = 0; i < 50; i++) {
          assertThat(StillStore.get(sync.table(), i)).isEqualTo(bytes(200, i));
          assertThat(StillStore.get(sync.table(), 100 + i)).isEqualTo(bytes(200, i));
        }
      }
    }
  }

  @Test
  void aRecordThatFillsAPage_isAnImageOfIt() throws IOException {
    SimDisk disk = new SimDisk(3);
    EngineOptions options = mode(FlushMode.SYNC);
    assertThat(options.carriedBytes()).isLessThan(PAGE_BYTES);
    EngineOptions smallPages = smallPages(options);
    StillStore store = StillStore.open(disk, smallPages);
    int room = 1024 - PageLayout.PAGE_HEADER_BYTES;
    for (int length = room - 60; length < room; length++) {
      put(store.table(), length, bytes(length, length));
      store.table().space().closeStreams(); // the next one starts a page
    }
    assertThat(frames(disk, FrameType.PAGE_IMAGE, 0)).isPositive();
    try (StillStore next = StillStore.open(disk.crash(CrashKind.POWER), smallPages)) {
      for (int length = room - 60; length < room; length++) {
        assertThat(StillStore.get(next.table(), length)).isEqualTo(bytes(length, length));
      }
    }
  }

  private static EngineOptions smallPages(EngineOptions o) {
    return new EngineOptions(
        o.maximumDiskBytes(),
        o.flushMode(),
        0,
        0,
        o.maximumValueBytes(),
        o.keptLogBytes(),
        0,
        o.carriedBytes(),
        o.batches(),
        o.log(),
        new SpaceShape(1024, 64 << 10, 256 << 10, 1000, 8, 16 << 10, 4, 4),
        o.index(),
        o.damage(),
        false,
        o.archive(),
        o.spaceWaitNanos());
  }

  @Test
  void aBatch_isForcedOnce_andItsRecordsAreCarriedToo() throws IOException {
    for (int seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      StillStore store = open(disk);
      Table table = store.table();
      put(table, 0, bytes(10, 0));
      PendingBatch batch = table.batch();
      for (int i = 0; i < 30; i++) {
        byte[] key = StillStore.key(i);
        byte[] value = bytes(i % 10 == 0 ? LARGE_BYTES : 150, i);
        long hash = table.hashOf(key, key.length);
        batch.put(hash, key, key.length, value, value.length, StillStore.NEVER);
      }
      batch.prepare();
      long before = store.engine().forcer().rounds();
      long ignored = batch.commit();
      batch.awaitDurable();
      assertThat(store.engine().forcer().rounds()).isEqualTo(before + 1);
      try (StillStore next = open(disk.crash(CrashKind.POWER))) {
        for (int i = 0; i < 30; i++) {
          byte[] value = bytes(i % 10 == 0 ? LARGE_BYTES : 150, i);
          assertThat(StillStore.get(next.table(), i)).isEqualTo(value);
        }
      }
    }
  }

  /** Whatever fails while records are compared and written: opening fails, and later succeeds. */
  @Test
  void aRepairThatFails_failsTheOpening_andLosesNothing() throws IOException {
    SimDisk disk = null;
    for (int seed = 0; disk == null; seed++) {
      SimDisk drawn = new SimDisk(seed);
      StillStore store = open(drawn);
      for (int i = 0; i < 200; i++) {
        put(store.table(), i % 150, bytes(10 + 7 * i, i));
      }
      SimDisk failed = drawn.crash(CrashKind.POWER);
      StillStore repaired = open(failed.copy());
      disk = repaired.engine().recovery().repairedRecords() > 0 ? failed : null;
    }
    for (DiskCall call : List.of(DiskCall.READ, DiskCall.WRITE)) {
      SimDisk broken = disk.copy();
      broken
          .faultsOnlyOn(path -> path.startsWith("data/"))
          .failFrom(call, 1, call == DiskCall.READ ? Fault.EIO : Fault.ENOSPC);
      assertThatThrownBy(() -> open(broken))
          .isInstanceOfAny(IOException.class, StoreIoException.class);
      broken.heal();
      try (StillStore store = open(broken)) {
        checkAll(store.table());
      }
    }
  }

  @Test
  void aForceBeforeTheFrameThatFails_isATypedError() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk)) {
      put(store.table(), 1, bytes(100, 1));
      disk.faultsOnlyOn(path -> path.startsWith("data/")).failFrom(DiskCall.FORCE, 1, Fault.EIO);
      assertThatThrownBy(() -> put(store.table(), 2, bytes(LARGE_BYTES, 2)))
          .isInstanceOf(StoreIoException.class);
      disk.heal();
      assertThat(StillStore.get(store.table(), 1)).isEqualTo(bytes(100, 1));
      assertThat(StillStore.get(store.table(), 2)).isNull();
    }
  }

  @Test
  void carriedBytesThatFitNoFrame_areRefused() {
    EngineOptions o = StillStore.OPTIONS;
    assertThatThrownBy(
            () ->
                new EngineOptions(
                    o.maximumDiskBytes(),
                    o.flushMode(),
                    0,
                    0,
                    o.maximumValueBytes(),
                    o.keptLogBytes(),
                    0,
                    o.log().maximumFrameBytes(),
                    o.batches(),
                    o.log(),
                    o.space(),
                    o.index(),
                    o.damage(),
                    false,
                    o.archive(),
                    o.spaceWaitNanos()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("frames");
  }
}
