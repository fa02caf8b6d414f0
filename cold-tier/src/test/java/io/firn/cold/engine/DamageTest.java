// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.Manifest;
import io.firn.cold.io.Crc32c;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store makes of damaged, missing and newer files: a typed error, or misses. */
final class DamageTest {
  private static final int ENTRIES = 1_000;
  private static final int PAGE_BYTES = 4096;

  /** Writes two rounds of entries with checkpoints between, closes, and returns the disk. */
  private static SimDisk closedStore() throws IOException {
    SimDisk disk = new SimDisk(11);
    try (StillStore store = StillStore.open(disk)) {
      fill(store);
    }
    return disk;
  }

  /** The same, but the process dies after everything was forced and more was written. */
  private static SimDisk killedStore() throws IOException {
    SimDisk disk = new SimDisk(12);
    StillStore store = StillStore.open(disk);
    fill(store);
    store.engine().flush();
    return disk.crash(CrashKind.PROCESS);
  }

  private static void fill(StillStore store) throws IOException {
    Table table = store.table();
    for (int i = 0; i < ENTRIES; i++) {
      StillStore.put(table, i, 0);
    }
    store.checkpoint();
    for (int i = 0; i < ENTRIES; i += 2) {
      StillStore.put(table, i, 1);
    }
    store.checkpoint();
    for (int i = 0; i < ENTRIES; i += 4) {
      StillStore.put(table, i, 2);
    }
    for (int i = 0; i < ENTRIES; i += 5) {
      assertThat(StillStore.remove(table, i)).isTrue();
    }
  }

  private static byte[] expected(int i) {
    return StillStore.value(i, i % 4 == 0 ? 2 : i % 2 == 0 ? 1 : 0);
  }

  /** Asserts that no key has a wrong value; returns how many that should be there are not. */
  private static int misses(Table table) {
    int misses = 0;
    for (int i = 0; i < ENTRIES; i++) {
      byte[] found = StillStore.get(table, i);
      if (i % 5 == 0) {
        assertThat(found).as("removed key %s", i).isNull();
      } else if (found == null) {
        misses++;
      } else {
        assertThat(found).as("key %s", i).isEqualTo(expected(i));
      }
    }
    return misses;
  }

  private static List<String> files(SimDisk disk, String directory) {
    return disk.sizes().keySet().stream().filter(path -> path.startsWith(directory)).toList();
  }

  private static void flipEverySector(SimDisk disk, String path) {
    for (long byteAt = 20; byteAt < disk.sizes().get(path); byteAt += 512) {
      disk.flipBit(path, 8 * byteAt + 3);
    }
  }

  private static void write(Disk disk, String path, byte[] content) throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.CREATE)) {
      file.write(0, content, 0, content.length);
      file.force();
    }
  }

  // ---- manifests

  private static String newerManifest(SimDisk disk) throws IOException {
    long a = Manifest.decode(disk.content("manifest-a"), "a").number();
    long b = Manifest.decode(disk.content("manifest-b"), "b").number();
    return a > b ? "manifest-a" : "manifest-b";
  }

  @Test
  void eitherManifest_isEnough() throws IOException {
    SimDisk closed = closedStore();
    for (String damaged : List.of("manifest-a", "manifest-b")) {
      SimDisk copy = closed.copy();
      copy.flipBit(damaged, 8 * 100);
      try (StillStore store = StillStore.open(copy)) {
        assertThat(misses(store.table())).isZero();
        assertThat(store.engine().recovery().problems())
            .singleElement()
            .asString()
            .contains(damaged);
      }
      try (StillStore again = StillStore.open(copy)) {
        assertThat(misses(again.table())).isZero();
        assertThat(again.engine().recovery().problems()).isEmpty();
      }
    }
  }

  @Test
  void eitherManifest_isEnoughAfterAKill() throws IOException {
    SimDisk killed = killedStore();
    for (String damaged : List.of("manifest-a", "manifest-b")) {
      SimDisk copy = killed.copy();
      copy.flipBit(damaged, 8 * 60);
      try (StillStore store = StillStore.open(copy)) {
        assertThat(misses(store.table())).as(damaged).isZero();
      }
    }
  }

  @Test
  void aMissingManifest_isReplacedByTheOther() throws IOException {
    SimDisk closed = closedStore();
    for (String missing : List.of("manifest-a", "manifest-b")) {
      SimDisk copy = closed.copy();
      copy.delete(missing);
      try (StillStore store = StillStore.open(copy)) {
        assertThat(misses(store.table())).isZero();
      }
    }
  }

  @Test
  void bothManifestsDamaged_setTheStoreAside() throws IOException {
    SimDisk closed = closedStore();
    closed.flipBit("manifest-a", 8 * 40);
    closed.flipBit("manifest-b", 8 * 40);
    for (DamagePolicy policy :
        List.of(DamagePolicy.STANDARD, DamagePolicy.SALVAGE, DamagePolicy.START_EMPTY)) {
      SimDisk copy = closed.copy();
      List<String> data = files(copy, "data/");
      try (StillStore store = StillStore.open(copy, StillStore.ifDamaged(policy))) {
        assertThat(store.engine().tableNames()).isEmpty();
        assertThat(store.engine().recovery().problems()).anyMatch(p -> p.contains("manifest-a"));
        assertThat(files(copy, "lost/"))
            .as("%s", policy)
            .contains("lost/manifest-a", "lost/manifest-b")
            .containsAll(data.stream().map(path -> "lost/" + path).toList());
        StillStore.put(store.table(), 1, 0);
      }
      try (StillStore store = StillStore.open(copy)) {
        assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 0));
      }
    }
  }

  @Test
  void bothManifestsDamaged_failIfAskedTo() throws IOException {
    SimDisk closed = closedStore();
    closed.flipBit("manifest-a", 8 * 40);
    closed.flipBit("manifest-b", 8 * 40);
    String before = closed.toHex();
    assertThatThrownBy(() -> StillStore.open(closed, StillStore.ifDamaged(DamagePolicy.FAIL)))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("no manifest")
        .hasMessageContaining("simulated disk")
        .hasMessageContaining("manifest-a");
    assertThat(closed.toHex()).isEqualTo(before);
  }

  @Test
  void aSecondStoreThatIsSetAside_replacesTheFirst() throws IOException {
    SimDisk closed = closedStore();
    for (int round = 0; round < 2; round++) {
      closed.flipBit("manifest-a", 8 * 40);
      closed.flipBit("manifest-b", 8 * 40);
      try (StillStore store = StillStore.open(closed)) {
        assertThat(store.engine().tableNames()).isEmpty();
        StillStore.put(store.table("round" + round), 1, 0);
        store.checkpoint();
        store.checkpoint();
      }
      assertThat(files(closed, "lost/")).isNotEmpty();
      assertThat(files(closed, "lost/lost")).isEmpty();
    }
  }

  @Test
  void manifestsWithoutAnythingElse_giveAnEmptyStore() throws IOException {
    SimDisk disk = new SimDisk(13);
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().tableNames()).isEmpty();
    }
    disk.delete("manifest-b");
    for (String path : files(disk, "wal/")) {
      disk.delete(path);
    }
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().tableNames()).isEmpty();
    }
  }

  // ---- versions

  /** Makes a manifest one of the next version, with a checksum that is right. */
  private static void promote(SimDisk disk, String name) throws IOException {
    byte[] bytes = disk.content(name);
    bytes[4]++;
    int length = LittleEndian.getInt(bytes, 16);
    LittleEndian.putInt(bytes, 20, 0);
    LittleEndian.putInt(bytes, 20, Crc32c.of(bytes, 0, Manifest.HEADER_BYTES + length));
    write(disk, name, bytes);
  }

  @Test
  void aNewerStore_isRefusedAndUntouched() throws IOException {
    SimDisk closed = closedStore();
    promote(closed, "manifest-a");
    promote(closed, "manifest-b");
    String before = closed.toHex();
    for (DamagePolicy policy : DamagePolicy.values()) {
      assertThatThrownBy(() -> StillStore.open(closed, StillStore.ifDamaged(policy)))
          .isInstanceOf(UnsupportedVersionException.class)
          .hasMessageContaining("manifest")
          .hasMessageContaining("2")
          .hasMessageContaining("1");
    }
    assertThat(closed.toHex()).isEqualTo(before);
  }

  @Test
  void aStoreWhoseNewerManifestIsOfANewerVersion_isRefused() throws IOException {
    SimDisk closed = closedStore();
    promote(closed, newerManifest(closed));
    assertThatThrownBy(() -> StillStore.open(closed))
        .isInstanceOf(UnsupportedVersionException.class);
  }

  @Test
  void aNewerStore_isSetAsideIfAskedTo() throws IOException {
    SimDisk closed = closedStore();
    promote(closed, "manifest-a");
    promote(closed, "manifest-b");
    EngineOptions options = StillStore.with(64L << 20, FlushMode.NONE, DamagePolicy.STANDARD, true);
    List<String> data = files(closed, "data/");
    try (StillStore store = StillStore.open(closed, options)) {
      assertThat(store.engine().tableNames()).isEmpty();
      assertThat(store.engine().recovery().created()).isTrue();
      assertThat(files(closed, "lost/"))
          .containsAll(data.stream().map(path -> "lost/" + path).toList());
      StillStore.put(store.table(), 1, 0);
    }
    try (StillStore store = StillStore.open(closed, options)) {
      assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 0));
    }
  }

  @Test
  void aStoreOfAnotherPageSize_isRefused() throws IOException {
    SimDisk closed = closedStore();
    for (String name : List.of("manifest-a", "manifest-b")) {
      byte[] bytes = closed.content(name);
      LittleEndian.putInt(bytes, Manifest.HEADER_BYTES, 2 * PAGE_BYTES);
      int length = LittleEndian.getInt(bytes, 16);
      LittleEndian.putInt(bytes, 20, 0);
      LittleEndian.putInt(bytes, 20, Crc32c.of(bytes, 0, Manifest.HEADER_BYTES + length));
      write(closed, name, bytes);
    }
    assertThatThrownBy(() -> StillStore.open(closed))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("pages of 8192 bytes, expected 4096");
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
      int ignoredMisses = misses(store.table());
      StillStore.put(store.table(), 3, 9);
      assertThat(StillStore.get(store.table(), 3)).isEqualTo(StillStore.value(3, 9));
    }
  }

  // ---- data files

  @Test
  void damagedSegments_giveCountedMisses() throws IOException {
    SimDisk closed = closedStore();
    for (String path : files(closed, "data/")) {
      for (long at = PAGE_BYTES + 300; at < closed.sizes().get(path); at += 3 * PAGE_BYTES) {
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

  @Test
  void aTruncatedSegment_givesMissesAndNoException() throws IOException {
    SimDisk closed = closedStore();
    String path = files(closed, "data/1/").get(0);
    try (DiskFile file = closed.open(path, Disk.OpenMode.WRITE)) {
      file.truncate(PAGE_BYTES);
    }
    try (StillStore store = StillStore.open(closed)) {
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
