// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.DamagedStores.ENTRIES;
import static io.firn.cold.engine.DamagedStores.PAGE_BYTES;
import static io.firn.cold.engine.DamagedStores.closedStore;
import static io.firn.cold.engine.DamagedStores.files;
import static io.firn.cold.engine.DamagedStores.fill;
import static io.firn.cold.engine.DamagedStores.killedStore;
import static io.firn.cold.engine.DamagedStores.misses;
import static io.firn.cold.engine.DamagedStores.newerManifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.Manifest;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a store makes of damaged and missing snapshots, segments and logs: a typed error, or misses.
 */
final class DamageTest {
  private static void flipEverySector(SimDisk disk, String path) {
    long size = disk.content(path).length;
    for (long byteAt = 20; byteAt < size; byteAt += 512) {
      disk.flipBit(path, 8 * byteAt + 3);
    }
  }

  // ---- snapshots of the index

  @Test
  void theNewerSnapshotOfEveryPartitionDamaged_losesNothing() throws IOException {
    SimDisk closed = closedStore();
    Manifest manifest = Manifest.decode(closed.content(newerManifest(closed)), "m");
    manifest.tables().get(0).partitions().stream()
        .map(partition -> partition.slots().get(0))
        .forEach(slot -> closed.flipBit("index/1.idx", 8 * slot.offset() + 21));
    try (StillStore store = StillStore.open(closed)) {
      assertThat(misses(store.table())).isZero();
      store.work(1_000);
      assertThat(store.engine().recovery().gaps()).isEmpty();
    }
    try (StillStore store = StillStore.open(closed)) {
      assertThat(misses(store.table())).isZero();
      assertThat(store.table().size()).isEqualTo(ENTRIES - ENTRIES / 5);
    }
  }

  @Test
  void theNewerSnapshotOfEveryPartitionDamaged_losesNothingAfterAKill() throws IOException {
    SimDisk killed = killedStore();
    Manifest manifest = Manifest.decode(killed.content(newerManifest(killed)), "m");
    manifest.tables().get(0).partitions().stream()
        .map(partition -> partition.slots().get(0))
        .forEach(slot -> killed.flipBit("index/1.idx", 8 * (slot.offset() + 70)));
    try (StillStore store = StillStore.open(killed)) {
      assertThat(misses(store.table())).isZero();
      assertThat(store.engine().recovery().damagedSnapshots())
          .isEqualTo(manifest.tables().get(0).partitions().size());
      assertThat(store.engine().recovery().problems())
          .allMatch(problem -> problem.contains("of table t does not verify"));
    }
  }

  @Test
  void bothSnapshotsDamaged_giveMissesAndNothingElse() throws IOException {
    for (SimDisk damaged : List.of(closedStore(), killedStore())) {
      flipEverySector(damaged, "index/1.idx");
      try (StillStore store = StillStore.open(damaged)) {
        assertThat(misses(store.table())).isPositive();
        for (int i = 0; i < ENTRIES; i++) {
          StillStore.put(store.table(), i, 7);
        }
      }
      try (StillStore store = StillStore.open(damaged)) {
        assertThat(store.table().size()).isEqualTo(ENTRIES);
        for (int i = 0; i < ENTRIES; i++) {
          assertThat(StillStore.get(store.table(), i)).isEqualTo(StillStore.value(i, 7));
        }
      }
    }
  }

  @Test
  void aMissingIndexFile_givesMissesAndNothingElse() throws IOException {
    SimDisk closed = closedStore();
    closed.delete("index/1.idx");
    try (StillStore store = StillStore.open(closed)) {
      int unusedMisses = misses(store.table());
      StillStore.put(store.table(), 3, 9);
      assertThat(StillStore.get(store.table(), 3)).isEqualTo(StillStore.value(3, 9));
    }
  }

  // ---- data files

  @Test
  void damagedSegments_giveCountedMisses() throws IOException {
    SimDisk closed = closedStore();
    for (String path : files(closed, "data/")) {
      long size = closed.content(path).length;
      for (long at = PAGE_BYTES + 300; at < size; at += 3 * PAGE_BYTES) {
        closed.flipBit(path, 8 * at);
      }
    }
    try (StillStore store = StillStore.open(closed)) {
      int misses = misses(store.table());
      assertThat(misses).isPositive();
      assertThat(store.table().counters().damaged.sum()).isEqualTo(misses);
      assertThat(store.engine().stats().damagedRecords()).isEqualTo(misses);
      assertThat(store.engine().quarantine()).anyMatch(words -> words.startsWith("t: segment "));
    }
  }

  @Test
  void aMissingSegment_givesMissesForItsRecordsOnly() throws IOException {
    for (SimDisk damaged : List.of(closedStore(), killedStore())) {
      List<String> segments = files(damaged, "data/1/");
      assertThat(segments).hasSizeGreaterThan(1);
      damaged.delete(segments.get(0));
      try (StillStore store = StillStore.open(damaged)) {
        assertThat(misses(store.table())).isPositive().isLessThan(ENTRIES * 4 / 5);
        for (int i = 0; i < ENTRIES; i++) {
          StillStore.put(store.table(), i, 8);
        }
      }
      try (StillStore store = StillStore.open(damaged)) {
        for (int i = 0; i < ENTRIES; i++) {
          assertThat(StillStore.get(store.table(), i)).isEqualTo(StillStore.value(i, 8));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 30})
  void aTruncatedSegment_givesMissesAndNoException(long mappedBytes) throws IOException {
    SimDisk closed = closedStore();
    String path = files(closed, "data/1/").get(0);
    try (DiskFile file = closed.open(path, Disk.OpenMode.WRITE)) {
      file.truncate(PAGE_BYTES);
    }
    try (StillStore store = StillStore.open(closed, StillStore.mapped(mappedBytes))) {
      assertThat(misses(store.table())).isPositive();
    }
  }

  // ---- the log

  /** Returns a place well below the end of the log that the next recovery reads. */
  private static long flipBelowTheMark(SimDisk killed) throws IOException {
    Manifest manifest = Manifest.decode(killed.content(newerManifest(killed)), "m");
    List<String> logs = files(killed, "wal/");
    String last = logs.get(logs.size() - 1);
    for (String path : logs) {
      byte[] head = killed.content(path);
      long base = LittleEndian.getLong(head, 24);
      if (LittleEndian.getInt(head, 0) != 0 && base <= manifest.redoLsn()) {
        last = path;
      }
    }
    long base = LittleEndian.getLong(killed.content(last), 24);
    long at = manifest.redoLsn() - base + 64 + 40 * 20;
    killed.flipBit(last, 8 * at);
    return at;
  }

  @Test
  void aLogDamagedBelowTheMark_emptiesTheTablesByDefault() throws IOException {
    SimDisk killed = killedStore();
    assertThat(flipBelowTheMark(killed)).isPositive();
    try (StillStore store = StillStore.open(killed)) {
      assertThat(store.engine().recovery().gaps()).hasSize(1);
      assertThat(store.engine().recovery().emptiedTables()).isEqualTo(1);
      assertThat(store.table().size()).isZero();
      StillStore.put(store.table(), 1, 3);
    }
    try (StillStore store = StillStore.open(killed)) {
      assertThat(store.engine().recovery().gaps()).isEmpty();
      assertThat(store.table().size()).isEqualTo(1);
      assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 3));
    }
  }

  @Test
  void anEmptiedTable_staysEmptyAfterAnotherKill() throws IOException {
    SimDisk killed = killedStore();
    assertThat(flipBelowTheMark(killed)).isPositive();
    StillStore first = StillStore.open(killed);
    StillStore.put(first.table(), 1, 3);
    SimDisk again = killed.crash(CrashKind.PROCESS);
    try (StillStore store = StillStore.open(again)) {
      assertThat(StillStore.get(store.table(), 1))
          .satisfiesAnyOf(
              value -> assertThat(value).isNull(),
              value -> assertThat(value).isEqualTo(StillStore.value(1, 3)));
      for (int i = 2; i < ENTRIES; i++) {
        assertThat(StillStore.get(store.table(), i)).as("key %s", i).isNull();
      }
    }
  }

  @Test
  void aLogDamagedBelowTheMark_keepsWhatVerifiesIfSalvaged() throws IOException {
    SimDisk killed = killedStore();
    assertThat(flipBelowTheMark(killed)).isPositive();
    try (StillStore store = StillStore.open(killed, StillStore.ifDamaged(DamagePolicy.SALVAGE))) {
      assertThat(store.engine().recovery().gaps()).hasSize(1);
      assertThat(store.engine().recovery().emptiedTables()).isZero();
      int known = 0;
      for (int i = 0; i < ENTRIES; i++) {
        byte[] found = StillStore.get(store.table(), i);
        if (found != null) {
          known++;
          assertThat(found)
              .isIn(StillStore.value(i, 0), StillStore.value(i, 1), StillStore.value(i, 2));
        }
      }
      assertThat(known).isGreaterThan(ENTRIES / 2);
    }
  }

  @Test
  void aLogDamagedBelowTheMark_failsIfAskedTo() throws IOException {
    SimDisk killed = killedStore();
    assertThat(flipBelowTheMark(killed)).isPositive();
    String before = killed.toHex();
    assertThatThrownBy(() -> StillStore.open(killed, StillStore.ifDamaged(DamagePolicy.FAIL)))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("log")
        .hasMessageContaining("simulated disk")
        .hasMessageContaining("fromLsn");
    assertThat(killed.toHex()).isEqualTo(before);
  }

  @Test
  void aLogDamagedBelowTheMark_setsTheStoreAsideIfAskedTo() throws IOException {
    SimDisk killed = killedStore();
    assertThat(flipBelowTheMark(killed)).isPositive();
    try (StillStore store =
        StillStore.open(killed, StillStore.ifDamaged(DamagePolicy.START_EMPTY))) {
      assertThat(store.engine().tableNames()).isEmpty();
      assertThat(files(killed, "lost/")).contains("lost/index/1.idx");
    }
  }

  @Test
  void aTornTail_losesNothingThatWasForced() throws IOException {
    SimDisk disk = new SimDisk(14);
    StillStore store = StillStore.open(disk);
    fill(store);
    store.engine().flush();
    for (int i = 0; i < 20; i++) {
      StillStore.put(store.table(), ENTRIES + i, 0);
    }
    long end = store.engine().log().end();
    SimDisk killed = disk.crash(CrashKind.PROCESS);
    List<String> logs = files(killed, "wal/");
    for (String path : logs) {
      byte[] head = killed.content(path);
      long base = LittleEndian.getLong(head, 24);
      if (LittleEndian.getInt(head, 0) != 0 && base <= end && end - base + 64 < head.length) {
        killed.flipBit(path, 8 * (end - base + 64 - 100));
      }
    }
    try (StillStore again = StillStore.open(killed, StillStore.ifDamaged(DamagePolicy.FAIL))) {
      assertThat(misses(again.table())).isZero();
      assertThat(again.engine().recovery().gaps()).isEmpty();
    }
  }

  @Test
  void everyMissingLogFile_isNoticedOrNotNeeded() throws IOException {
    SimDisk killed = killedStore();
    List<String> noticed = new ArrayList<>();
    for (String path : files(killed, "wal/")) {
      SimDisk copy = killed.copy();
      copy.delete(path);
      try (StillStore store = StillStore.open(copy)) {
        if (store.engine().recovery().gaps().isEmpty()) {
          assertThat(misses(store.table())).as(path).isZero();
        } else {
          noticed.add(path);
          assertThat(store.table().size()).isZero();
        }
        StillStore.put(store.table(), 1, 5);
        assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 5));
      }
    }
    assertThat(noticed).isNotEmpty();
  }

  @Test
  void noLogFileAtAll_isNoticed() throws IOException {
    SimDisk killed = killedStore();
    for (String path : files(killed, "wal/")) {
      killed.delete(path);
    }
    assertThatThrownBy(
            () -> StillStore.open(killed.copy(), StillStore.ifDamaged(DamagePolicy.FAIL)))
        .isInstanceOf(CorruptStoreException.class);
    try (StillStore store = StillStore.open(killed)) {
      assertThat(store.table().size()).isZero();
    }
  }
}
