// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.DamagedStores.files;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.compress.Zstd;
import io.firn.cold.dump.StoreDump;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.wal.ArchivePolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Log segments that no recovery needs any more are kept as long as the policy says. */
final class ArchiveTest {
  private static final Duration LONG = Duration.ofDays(10);
  private static final ArchivePolicy EVERYTHING = new ArchivePolicy(1_000, 1 << 30, LONG);

  private static StillStore open(SimDisk disk, ArchivePolicy policy) throws IOException {
    return StillStore.open(disk, StillStore.archiving(policy));
  }

  /** Fills some log segments and lets them be retired. */
  private static void write(StillStore store, int rounds) throws IOException {
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < 1_000; i++) {
        StillStore.put(store.table(), i % 50, i);
      }
      store.time().advance(1_000_000_000L);
      store.work(1_000);
      store.checkpoint();
      store.checkpoint();
    }
  }

  private static String log(SimDisk disk) throws IOException {
    StringBuilder text = new StringBuilder();
    new StoreDump(disk, text, Long.MAX_VALUE, false).log();
    return text.toString();
  }

  @Test
  void byDefault_nothingIsKept() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = StillStore.open(disk)) {
      write(store, 3);
      assertThat(files(disk, "archive/")).isEmpty();
      assertThat(store.engine().stats().archiveBytes()).isZero();
    }
  }

  @Test
  void whatIsRetired_isKeptCompressedAndCounted() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, EVERYTHING)) {
      write(store, 3);
      List<String> archives = files(disk, "archive/");
      assertThat(archives).hasSizeGreaterThan(2).allMatch(path -> path.endsWith(".wal.zst"));
      long bytes = archives.stream().mapToLong(path -> disk.content(path).length).sum();
      assertThat(store.engine().stats().archiveBytes()).isEqualTo(bytes).isPositive();
      assertThat(store.engine().stats().archiveFailures()).isZero();
      assertThat(store.engine().verify().findings()).isEmpty();
    }
  }

  @Test
  void archivesAndLog_areOneHistoryWithoutGaps() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, EVERYTHING)) {
      write(store, 3);
      long next = 64;
      int archived = 0;
      for (String line : log(disk).lines().toList()) {
        assertThat(line).doesNotContain("GAPS").doesNotContain("DAMAGED");
        if (line.startsWith("archive/")) {
          archived++;
          assertThat(line).contains(", LSN " + next + " to ");
          String to = line.substring(line.indexOf(" to ") + 4);
          next = Long.parseLong(to.substring(0, to.indexOf(',')));
        }
      }
      assertThat(archived).isEqualTo(files(disk, "archive/").size());
    }
  }

  @Test
  void theOldestGo_byCount() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, new ArchivePolicy(2, 1 << 30, LONG))) {
      write(store, 3);
      List<String> before = files(disk, "archive/");
      assertThat(before).hasSize(2);
      write(store, 3);
      assertThat(files(disk, "archive/")).hasSize(2).doesNotContainAnyElementsOf(before);
    }
  }

  @Test
  void theOldestGo_byBytes() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, new ArchivePolicy(1_000, 40_000, LONG))) {
      write(store, 4);
      assertThat(store.engine().stats().archiveBytes()).isBetween(1L, 40_000L);
    }
  }

  @Test
  void theOldestGo_byAge() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, new ArchivePolicy(1_000, 1 << 30, Duration.ofMinutes(10)))) {
      write(store, 3);
      List<String> old = files(disk, "archive/");
      assertThat(old).isNotEmpty();
      store.time().advance(Duration.ofMinutes(11).toNanos());
      write(store, 3);
      assertThat(files(disk, "archive/")).isNotEmpty().doesNotContainAnyElementsOf(old);
    }
  }

  @Test
  void archives_outliveTheStoreThatWroteThem() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, EVERYTHING)) {
      write(store, 2);
    }
    List<String> before = files(disk, "archive/");
    long bytes = before.stream().mapToLong(path -> disk.content(path).length).sum();
    try (StillStore store = open(disk, EVERYTHING)) {
      assertThat(store.engine().stats().archiveBytes()).isEqualTo(bytes);
      assertThat(store.engine().verify().findings()).isEmpty();
      write(store, 1);
      assertThat(files(disk, "archive/")).containsAll(before);
    }
  }

  @Test
  void whatIsNoArchive_isToleratedAndTemporaryFilesGo() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, EVERYTHING)) {
      write(store, 1);
    }
    List<String> strange =
        List.of(
            "archive/readme",
            "archive/zzzzzzzzzzzzzzzz-0000000000000000.wal.zst",
            "archive/0000000000000001-0000000000000001.wal.zst.tmp");
    for (String path : strange) {
      try (DiskFile file = disk.open(path, Disk.OpenMode.CREATE)) {
        file.write(0, new byte[100], 0, 100);
      }
    }
    try (StillStore store = open(disk, EVERYTHING)) {
      write(store, 1);
      assertThat(files(disk, "archive/")).contains(strange.get(0), strange.get(1));
      assertThat(files(disk, "archive/")).doesNotContain(strange.get(2));
      assertThat(store.engine().verify().findings()).isEmpty();
    }
    assertThat(log(disk)).contains(strange.get(1) + ": 100 bytes, DAMAGED: ");
  }

  @Test
  void aCrashAtAnyWrite_leavesAWholeArchiveOrNone() throws IOException {
    for (CrashKind kind : CrashKind.values()) {
      SimDisk disk = new SimDisk(5);
      StillStore store = open(disk, EVERYTHING);
      write(store, 2);
      SimDisk left = disk.crash(kind);
      try (StillStore again = open(left, EVERYTHING)) {
        assertThat(files(left, "archive/")).allMatch(path -> path.endsWith(".wal.zst"));
        assertThat(log(left)).doesNotContain("DAMAGED");
        write(again, 1);
        assertThat(again.engine().verify().findings()).isEmpty();
      }
    }
  }

  @Test
  void aFailure_stopsNeitherTheStoreNorTheRetirement() throws IOException {
    for (DiskCall call : new DiskCall[] {DiskCall.WRITE, DiskCall.FORCE, DiskCall.RENAME}) {
      SimDisk disk = new SimDisk(5);
      try (StillStore store = open(disk, EVERYTHING)) {
        disk.faultsOnlyOn(path -> path.startsWith("archive"));
        disk.failFrom(call, 1, Fault.EIO);
        write(store, 3);
        assertThat(store.engine().stats().archiveFailures()).as("%s", call).isPositive();
        assertThat(files(disk, "archive/")).isEmpty();
        assertThat(files(disk, "wal/")).hasSizeLessThan(6);
        disk.heal();
        assertThat(store.engine().verify().findings()).isEmpty();
        write(store, 1);
        assertThat(files(disk, "archive/")).isNotEmpty();
      }
    }
  }

  @Test
  void whenSpaceIsShort_archivesGoFirst() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, EVERYTHING)) {
      write(store, 3);
      int before = files(disk, "archive/").size();
      assertThat(store.engine().relief().reclaim()).isTrue();
      assertThat(files(disk, "archive/")).hasSize(before / 2);
      while (!files(disk, "archive/").isEmpty()) {
        assertThat(store.engine().relief().reclaim()).isTrue();
      }
      assertThat(store.engine().stats().archiveBytes()).isZero();
      assertThat(store.engine().verify().findings()).isEmpty();
      disk.failFrom(DiskCall.DELETE, 1, Fault.EIO);
      assertThat(store.engine().archive().giveUp()).isFalse();
    }
  }

  @Test
  void anArchiveThatCannotBeDeleted_isNoFailureOfOthers() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, EVERYTHING)) {
      write(store, 2);
      disk.faultsOnlyOn(path -> path.startsWith("archive"));
      disk.failFrom(DiskCall.DELETE, 1, Fault.EIO);
      assertThat(store.engine().archive().giveUp()).isFalse();
      disk.heal();
      assertThat(store.engine().archive().giveUp()).isTrue();
    }
  }

  @Test
  void aStoreWithoutRoom_keepsNothing() throws IOException {
    SimDisk disk = new SimDisk(5);
    try (StillStore store = open(disk, EVERYTHING)) {
      long free = store.engine().ledger().maximumBytes() - store.engine().ledger().usedBytes();
      store.engine().ledger().adopt(free - (2 << 20));
      write(store, 3);
      assertThat(files(disk, "archive/")).isEmpty();
      assertThat(store.engine().stats().archiveFailures()).isPositive();
    }
  }

  // ---- the policy, and the compression

  @Test
  void aPolicy_hasNoNegativeBounds() {
    assertThat(ArchivePolicy.NONE.isNone()).isTrue();
    assertThat(new ArchivePolicy(3, 0, LONG).isNone()).isTrue();
    assertThat(EVERYTHING.isNone()).isFalse();
    assertThatThrownBy(() -> new ArchivePolicy(-1, 1, LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1 segments");
    assertThatThrownBy(() -> new ArchivePolicy(1, -1, LONG))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ArchivePolicy(1, 1, LONG.negated()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void compression_givesBackWhatItGot() throws IOException {
    assertThat(Zstd.isAvailable()).isTrue();
    byte[] bytes = StillStore.value(1, 1);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = Zstd.compressing(packed)) {
      out.write(bytes);
    }
    assertThat(Zstd.decompressed(packed.toByteArray(), 1 << 20)).isEqualTo(bytes);
    assertThat(Zstd.decompressed(packed.toByteArray(), 10)).hasSize(10);
    byte[] damaged = packed.toByteArray();
    damaged[damaged.length - 1]++;
    assertThatThrownBy(() -> Zstd.decompressed(damaged, 1 << 20)).isInstanceOf(IOException.class);
  }
}
