// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.Disk.OpenMode;
import io.firn.cold.io.DiskFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimDiskCrashTest {
  private static final int SEEDS = 300;
  private static final int SECTOR = 512;

  @Test
  void forcedDataAlwaysSurvivesAPowerFailure() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      DiskFile file = synced(disk, "f");
      file.write(3, filled(20_000, 1), 0, 20_000);
      file.write(700, filled(9_000, 2), 0, 9_000);
      file.force();
      byte[] expected = disk.content("f");
      assertThat(disk.unforced()).isFalse();
      assertThat(disk.crash(CrashKind.POWER).content("f")).isEqualTo(expected);
    }
  }

  @Test
  void eachUnforcedSectorIsOneOfTheVersionsItHad() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    Set<String> outcomes = new HashSet<>();
    int between = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      DiskFile file = synced(disk, "f");
      int sectors = 24;
      file.write(0, filled(sectors * SECTOR, 1), 0, sectors * SECTOR);
      file.force();
      byte[][] last = new byte[sectors][];
      Set<String> legal = new HashSet<>();
      for (int version = 2; version < 30; version++) {
        int first = random.nextInt(sectors);
        int count = 1 + random.nextInt(sectors - first);
        file.write((long) first * SECTOR, filled(count * SECTOR, version), 0, count * SECTOR);
        for (int s = first; s < first + count; s++) {
          last[s] = new byte[] {(byte) version};
          legal.add(s + ":" + version);
        }
      }
      byte[] content = disk.crash(CrashKind.POWER).content("f");
      for (int s = 0; s < sectors; s++) {
        byte[] sector = Arrays.copyOfRange(content, s * SECTOR, (s + 1) * SECTOR);
        byte version = sector[0];
        assertThat(Arrays.equals(sector, filled(SECTOR, version))).as("whole").isTrue();
        assertThat(version == 1 || legal.contains(s + ":" + version)).isTrue();
        boolean isLast = last[s] != null && version == last[s][0];
        outcomes.add(isLast ? "new" : version == 1 ? "old" : "between");
        between += !isLast && version != 1 ? 1 : 0;
      }
    }
    assertThat(outcomes).containsExactlyInAnyOrder("new", "old", "between");
    assertThat(between).isGreaterThan(100);
  }

  @Test
  void aLaterSectorMaySurviveWithoutAnEarlierOne() throws IOException {
    Set<String> seen = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      DiskFile file = synced(disk, "f");
      file.zero(0, 2 * SECTOR);
      file.force();
      file.write(0, filled(SECTOR, 1), 0, SECTOR);
      file.write(SECTOR, filled(SECTOR, 1), 0, SECTOR);
      byte[] content = disk.crash(CrashKind.POWER).content("f");
      seen.add("" + content[0] + content[SECTOR]);
    }
    assertThat(seen).containsExactlyInAnyOrder("00", "01", "10", "11");
  }

  @Test
  void unforcedGrowthMayBeLostButNothingForcedIs() throws IOException {
    Set<Long> sizes = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      DiskFile file = synced(disk, "f");
      file.write(0, filled(1_000, 1), 0, 1_000);
      file.force();
      file.write(1_000, filled(9_000, 2), 0, 9_000);
      SimDisk left = disk.crash(CrashKind.POWER);
      byte[] content = left.content("f");
      sizes.add((long) content.length);
      assertThat(content.length).isBetween(1_000, 10_000);
      assertThat(Arrays.copyOf(content, 1_000)).containsOnly(1);
      assertThat(zeros(content) + count(content, 2)).isEqualTo(content.length - 1_000);
    }
    assertThat(sizes).contains(1_000L, 10_000L).hasSizeGreaterThan(10);
  }

  @Test
  void anUnforcedCutMayComeBack() throws IOException {
    Set<String> seen = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      DiskFile file = synced(disk, "f");
      file.write(0, filled(8_192, 1), 0, 8_192);
      file.force();
      file.truncate(0);
      assertThat(disk.allocatedBytes()).isZero();
      byte[] content = disk.crash(CrashKind.POWER).content("f");
      seen.add(content.length == 0 ? "cut" : content[0] == 0 ? "zeros" : "old");
    }
    assertThat(seen).contains("cut", "old");
  }

  @Test
  void aProcessCrashLosesNothingThatWasStoredAndKeepsItUnforced() throws IOException {
    int lost = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      DiskFile file = synced(disk, "f");
      file.write(0, filled(5_000, 1), 0, 5_000);
      SimDisk next = disk.crash(CrashKind.PROCESS);
      assertThat(next.content("f")).isEqualTo(filled(5_000, 1));
      assertThatThrownBy(() -> disk.exists("f")).isInstanceOf(SimCrash.class);
      assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1)).isInstanceOf(SimCrash.class);
      SimDisk last = next.crash(CrashKind.POWER);
      lost += Arrays.equals(last.content("f"), filled(5_000, 1)) ? 0 : 1;
    }
    assertThat(lost).isBetween(SEEDS / 10, SEEDS - SEEDS / 10);
  }

  @Test
  void aNameIsDurableOnlyOnceItsDirectoryWasSynced() throws IOException {
    Set<String> seen = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      disk.createDirectories("d");
      synced(disk, "d/kept").close();
      disk.syncDirectory("");
      DiskFile file = disk.open("d/new", OpenMode.CREATE);
      file.write(0, filled(100, 1), 0, 100);
      file.force();
      disk.delete("d/kept");
      SimDisk left = disk.crash(CrashKind.POWER);
      if (left.exists("d/new")) {
        assertThat(left.content("d/new")).isEqualTo(filled(100, 1));
      }
      seen.add(left.list("d").toString());
    }
    assertThat(seen).containsExactlyInAnyOrder("[]", "[kept]", "[new]", "[kept, new]");
  }

  @Test
  void aDirectoryThatWasNotSyncedTakesItsFilesWithIt() throws IOException {
    Set<Boolean> seen = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      disk.createDirectories("a/b");
      synced(disk, "a/b/f").close();
      seen.add(disk.crash(CrashKind.POWER).exists("a/b/f"));
    }
    assertThat(seen).containsExactlyInAnyOrder(true, false);
  }

  @Test
  void aRenameIsAtomic() throws IOException {
    Set<String> seen = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      fill(synced(disk, "to"), 1);
      fill(synced(disk, "from"), 2);
      disk.rename("from", "to");
      SimDisk left = disk.crash(CrashKind.POWER);
      seen.add(left.list("") + " " + left.content("to")[0]);
    }
    assertThat(seen).containsExactlyInAnyOrder("[from, to] 1", "[to] 2");
  }

  @Test
  void whatAFailedForceDroppedIsNeverMadeDurableByALaterOne() throws IOException {
    int kept = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed);
      DiskFile file = synced(disk, "f");
      file.zero(0, SECTOR);
      file.force();
      file.write(0, filled(SECTOR, 1), 0, SECTOR);
      disk.failCall(DiskCall.FORCE, 1, Fault.EIO);
      assertThatThrownBy(file::force).isInstanceOf(IOException.class);
      assertThat(disk.content("f")).containsOnly(1);
      file.force();
      SimDisk left = disk.copy().crash(CrashKind.POWER);
      kept += left.content("f")[0];
      file.write(0, filled(SECTOR, 2), 0, SECTOR);
      file.force();
      assertThat(disk.crash(CrashKind.POWER).content("f")).containsOnly(2);
    }
    assertThat(kept).isBetween(SEEDS / 10, SEEDS - SEEDS / 10);
  }

  @Test
  void aSkippedForceIsFoundByPowerFailures() throws IOException {
    int lost = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SimDisk disk = new SimDisk(seed).skipForces(path -> path.equals("f"));
      DiskFile file = synced(disk, "f");
      fill(file, 1);
      lost += disk.crash(CrashKind.POWER).content("f").length == 0 ? 1 : 0;
    }
    assertThat(lost).isPositive();
  }

  @Test
  void onlyTheCopyUnderWayIsTornByAProcessCrash() {
    int torn = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime()).crashAt(20 + seed % 40);
      SimDisk disk = new SimDisk(seed, threads).tearOdds(2);
      int[] stored = new int[1];
      threads.spawn("writer", () -> putForEver(disk, stored));
      assertThat(threads.run()).isEqualTo(SimOutcome.CRASHED);
      byte[] content = disk.crash(CrashKind.PROCESS).content("f");
      int current = stored[0];
      assertThat(zeros(Arrays.copyOf(content, current * 100))).isZero();
      byte[] next = Arrays.copyOfRange(content, current * 100, current * 100 + 100);
      int zeros = zeros(next);
      torn += zeros > 0 && zeros < 100 ? 1 : 0;
      byte[] after = Arrays.copyOfRange(content, current * 100 + 100, content.length);
      assertThat(zeros(after)).isEqualTo(after.length);
    }
    assertThat(torn).isGreaterThan(SEEDS / 20);
  }

  private static void putForEver(SimDisk disk, int[] stored) {
    try {
      AppendRegion region = disk.open("f", OpenMode.CREATE).region(0, 8_000);
      while (stored[0] < 79) {
        region.put(stored[0] * 100L, filled(100, 1 + stored[0] % 100), 0, 100);
        stored[0]++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aPublishedFrameIsWholeAndItsFirstBytesComeLast() {
    Set<String> seen = new HashSet<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime()).crashAt(1 + seed % 8);
      SimDisk disk = new SimDisk(seed, threads).tearOdds(2);
      threads.spawn("writer", () -> publishOnce(disk));
      SimOutcome outcome = threads.run();
      SimDisk left = disk.crash(CrashKind.PROCESS);
      if (!left.exists("f") || left.content("f").length == 0) {
        continue;
      }
      byte[] frame = Arrays.copyOf(left.content("f"), 64);
      int zeros = zeros(frame);
      seen.add(zeros == 64 ? "nothing" : zeros == 0 ? "all" : zeros == 4 ? "hidden" : "torn");
      assertThat(zeros(Arrays.copyOf(frame, 4))).isIn(0, 4);
      if (frame[0] != 0 || outcome == SimOutcome.DONE) {
        assertThat(zeros).isZero();
      }
    }
    assertThat(seen).containsExactlyInAnyOrder("nothing", "torn", "hidden", "all");
  }

  private static void publishOnce(SimDisk disk) {
    try {
      AppendRegion region = disk.open("f", OpenMode.CREATE).region(0, 4_096);
      region.publish(0, filled(64, 1), 0, 64);
      region.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theSameSeedLeavesTheSameDisk() throws IOException {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(afterPowerFailure(seed)).isEqualTo(afterPowerFailure(seed));
    }
  }

  private static String afterPowerFailure(long seed) throws IOException {
    SimDisk disk = new SimDisk(seed);
    DiskFile file = synced(disk, "f");
    for (int i = 1; i < 50; i++) {
      file.write(i * 300L, filled(700, i), 0, 700);
    }
    disk.open("g", OpenMode.CREATE).close();
    return disk.crash(CrashKind.POWER).toHex();
  }

  private static DiskFile synced(SimDisk disk, String path) throws IOException {
    DiskFile file = disk.open(path, OpenMode.CREATE);
    disk.syncDirectory(SimNames.parent(path));
    return file;
  }

  private static void fill(DiskFile file, int value) throws IOException {
    file.write(0, filled(100, value), 0, 100);
    file.force();
    file.close();
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static int zeros(byte[] bytes) {
    return count(bytes, 0);
  }

  private static int count(byte[] bytes, int value) {
    int count = 0;
    for (byte b : bytes) {
      count += b == value ? 1 : 0;
    }
    return count;
  }
}
