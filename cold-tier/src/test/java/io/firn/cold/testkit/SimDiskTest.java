// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.Disk.OpenMode;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.io.DiskLock;
import io.firn.cold.io.LockHeldException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimDiskTest {
  private final SimDisk disk = new SimDisk(1);

  @Test
  void behavesLikeAnArrayOfBytes() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    byte[] model = new byte[60_000];
    int size = 0;
    DiskFile file = disk.open("f", OpenMode.CREATE);
    for (int i = 0; i < 400; i++) {
      int length = random.nextInt(9_000);
      int position = random.nextInt(50_000);
      switch (random.nextInt(4)) {
        case 0 -> {
          file.zero(position, length);
          Arrays.fill(model, position, position + length, (byte) 0);
          size = length == 0 ? size : Math.max(size, position + length);
        }
        case 1 -> {
          file.truncate(position);
          Arrays.fill(model, position, model.length, (byte) 0);
          size = position;
        }
        default -> {
          byte[] bytes = bytes(length, i);
          file.write(position, bytes, 0, length);
          System.arraycopy(bytes, 0, model, position, length);
          size = length == 0 ? size : Math.max(size, position + length);
        }
      }
      if (random.nextInt(5) == 0) {
        file.force();
      }
      assertThat(file.size()).isEqualTo(size);
    }
    assertThat(disk.content("f")).isEqualTo(Arrays.copyOf(model, size));
    assertThat(disk.copy().content("f")).isEqualTo(Arrays.copyOf(model, size));
  }

  @Test
  void refusesWhatARealDiskRefuses() throws IOException {
    assertThatThrownBy(() -> disk.open("missing", OpenMode.READ))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.open("missing/f", OpenMode.CREATE))
        .isInstanceOf(NoSuchFileException.class);
    disk.open("f", OpenMode.CREATE).close();
    DiskFile reader = disk.open("f", OpenMode.READ);
    assertThatThrownBy(() -> reader.write(0, new byte[1], 0, 1))
        .isInstanceOf(NonWritableChannelException.class);
    assertThatThrownBy(() -> reader.read(0, new byte[1], 0, 1)).isInstanceOf(EOFException.class);
    reader.close();
    assertThatThrownBy(reader::size).isInstanceOf(ClosedChannelException.class);
    disk.createDirectories("a/b");
    assertThatThrownBy(() -> disk.delete("a")).isInstanceOf(FileAlreadyExistsException.class);
    disk.delete("missing");
  }

  @Test
  void namesDirectoriesAndFiles() throws IOException {
    disk.createDirectories("data/7");
    disk.open("data/7/b", OpenMode.CREATE).close();
    disk.open("data/7/a", OpenMode.CREATE).close();
    disk.rename("data/7/b", "data/7/c");
    assertThat(disk.list("data/7")).containsExactly("a", "c");
    assertThat(disk.list("")).containsExactly("data");
    assertThat(disk.exists("data/7")).isTrue();
    disk.delete("data/7/a");
    disk.delete("data/7/c");
    disk.delete("data/7");
    assertThat(disk.list("data")).isEmpty();
    assertThat(disk.list("nowhere")).isEmpty();
  }

  @Test
  void aRegionAndItsFileShareTheirBytes() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    AppendRegion region = file.region(0, 8192);
    assertThat(file.size()).isEqualTo(8192);
    assertThat(disk.allocatedBytes()).isZero();
    region.put(100, bytes(50, 1), 0, 50);
    region.publish(4096, bytes(40, 2), 0, 40);
    byte[] read = new byte[50];
    file.read(100, read, 0, 50);
    assertThat(read).isEqualTo(bytes(50, 1));
    AppendRegion view = requireNonNull(file.readRegion(8192));
    view.get(4096, read, 0, 40);
    assertThat(Arrays.copyOf(read, 40)).isEqualTo(bytes(40, 2));
    assertThatThrownBy(() -> view.put(0, read, 0, 1)).isInstanceOf(IllegalStateException.class);
    region.prepare(0, 4096);
    region.get(100, read, 0, 50);
    assertThat(read).containsOnly(0);
  }

  @Test
  void catchesMisuseOfARegion() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    AppendRegion region = file.region(0, 4096);
    assertThatThrownBy(file::close).hasMessageContaining("open regions");
    assertThatThrownBy(() -> region.publish(4, new byte[8], 0, 8)).hasMessageContaining("at 4");
    assertThatThrownBy(() -> region.put(4095, new byte[8], 0, 8))
        .isInstanceOf(IndexOutOfBoundsException.class);
    file.truncate(100);
    assertThatThrownBy(() -> region.get(96, new byte[8], 0, 8)).hasMessageContaining("fault at");
    region.close();
    assertThatThrownBy(() -> region.get(0, new byte[8], 0, 8)).hasMessageContaining("unmapped");
    file.close();
  }

  @Test
  void locksOnceUntilClosedOrCrashed() throws IOException {
    DiskLock lock = disk.lock("LOCK", "pid 1");
    assertThatThrownBy(() -> disk.lock("LOCK", "pid 2"))
        .isInstanceOfSatisfying(
            LockHeldException.class, e -> assertThat(e.holder()).isEqualTo("pid 1"));
    lock.close();
    DiskLock abandoned = disk.lock("LOCK", "pid 3");
    SimDisk next = disk.crash(CrashKind.PROCESS);
    next.lock("LOCK", "pid 4").close();
    abandoned.close();
  }

  @Test
  void aQuotaCountsAllocatedBlocksAndNotHoles() throws IOException {
    disk.quotaBytes(40_960);
    DiskFile file = disk.open("f", OpenMode.CREATE);
    AppendRegion region = file.region(0, 1 << 20);
    region.prepare(0, 32_768);
    assertThat(disk.usableBytes()).isEqualTo(8_192);
    assertThatThrownBy(() -> region.prepare(32_768, 16_384))
        .isInstanceOf(DiskFullIoException.class);
    region.put(0, new byte[100], 0, 100);
    assertThat(disk.counters().faults(Fault.ENOSPC)).isEqualTo(1);
    assertThat(disk.counters().allocatedPeak()).isEqualTo(40_960);
    file.truncate(4_096);
    assertThat(disk.allocatedBytes()).isEqualTo(4_096);
    region.close();
    disk.delete("f");
    assertThat(disk.allocatedBytes()).as("still open").isEqualTo(4_096);
    file.close();
    assertThat(disk.allocatedBytes()).isZero();
  }

  @Test
  void failsThePlannedCallAndThenGoesOn() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    disk.failCall(DiskCall.WRITE, 2, Fault.EIO);
    file.write(0, new byte[10], 0, 10);
    assertThatThrownBy(() -> file.write(10, new byte[10], 0, 10))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("WRITE of f");
    assertThat(file.size()).isEqualTo(10);
    file.write(10, new byte[10], 0, 10);
    disk.failCall(3, Fault.ENOSPC);
    file.read(0, new byte[10], 0, 10);
    file.read(0, new byte[10], 0, 10);
    assertThatThrownBy(() -> file.write(20, new byte[10], 0, 10))
        .isInstanceOf(DiskFullIoException.class);
    disk.failFrom(DiskCall.READ, 1, Fault.EIO);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1)).isInstanceOf(IOException.class);
    }
    disk.heal();
    file.read(0, new byte[1], 0, 1);
  }

  @Test
  void aShortWriteLeavesAPartOfTheData() throws IOException {
    for (int seed = 0; seed < 50; seed++) {
      SimDisk failing = new SimDisk(seed);
      DiskFile file = failing.open("f", OpenMode.CREATE);
      file.zero(0, 1000);
      failing.failCall(DiskCall.WRITE, 1, Fault.SHORT);
      byte[] ones = new byte[1000];
      Arrays.fill(ones, (byte) 1);
      assertThatThrownBy(() -> file.write(0, ones, 0, 1000)).isInstanceOf(IOException.class);
      byte[] content = failing.content("f");
      int written = 0;
      while (written < 1000 && content[written] == 1) {
        written++;
      }
      assertThat(written).isLessThan(1000);
      assertThat(Arrays.copyOfRange(content, written, 1000)).containsOnly(0);
    }
  }

  @Test
  void ratesHitSomeCallsOfTheirKindAndOnlyOnTheirPaths() throws IOException {
    disk.faultRate(DiskCall.WRITE, 0.3, Fault.EIO).faultsOnlyOn(path -> path.equals("bad"));
    int[] failed = new int[1];
    DiskFile good = disk.open("good", OpenMode.CREATE);
    DiskFile bad = disk.open("bad", OpenMode.CREATE);
    for (int i = 0; i < 200; i++) {
      good.write(0, new byte[1], 0, 1);
      try {
        bad.write(0, new byte[1], 0, 1);
      } catch (IOException e) {
        failed[0]++;
      }
    }
    assertThat(failed[0]).isBetween(20, 120);
    assertThat(disk.counters().calls(DiskCall.WRITE)).isEqualTo(400);
    assertThat(disk.counters().faults(Fault.EIO)).isEqualTo(failed[0]);
  }

  @Test
  void slowCallsMoveTheTime() throws IOException {
    ManualTime time = new ManualTime();
    disk.slowCalls(time, 2, 1_000_000);
    DiskFile file = disk.open("f", OpenMode.CREATE);
    for (int i = 0; i < 50; i++) {
      file.write(0, new byte[1], 0, 1);
    }
    assertThat(time.nanoTime()).isBetween(1_000_000L, 50_000_000L);
  }

  @Test
  void aFlippedBitSurvivesForceAndPowerFailure() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    disk.syncDirectory("");
    file.write(0, bytes(6_000, 3), 0, 6_000);
    file.force();
    disk.flipBit("f", 5_000 * 8 + 3);
    byte[] expected = bytes(6_000, 3);
    expected[5_000] ^= 8;
    assertThat(disk.content("f")).isEqualTo(expected);
    assertThat(disk.crash(CrashKind.POWER).content("f")).isEqualTo(expected);
  }

  @Test
  void hexTextBringsEveryByteBack() throws IOException {
    disk.createDirectories("wal/x");
    DiskFile file = disk.open("wal/a b.wal", OpenMode.CREATE);
    file.write(5_000, bytes(77, 3), 0, 77);
    file.write(300_000, bytes(1, 4), 0, 1);
    file.truncate(300_100);
    disk.open("empty", OpenMode.CREATE).close();
    String text = disk.toHex();
    SimDisk loaded = SimDisk.fromHex(text, 5, null);
    assertThat(loaded.sizes()).isEqualTo(disk.sizes());
    assertThat(loaded.content("wal/a b.wal")).isEqualTo(disk.content("wal/a b.wal"));
    assertThat(loaded.toHex()).isEqualTo(text);
    assertThat(text.length()).isLessThan(1_000);
    assertThat(loaded.unforced()).isFalse();
    assertThat(loaded.crash(CrashKind.POWER).toHex()).isEqualTo(text);
    assertThatThrownBy(() -> SimDisk.fromHex("something else", 1, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void copiesAreIndependent() throws IOException {
    DiskFile file = disk.open("f", OpenMode.CREATE);
    file.write(0, bytes(5_000, 1), 0, 5_000);
    SimDisk copy = disk.copy();
    file.write(0, bytes(5_000, 2), 0, 5_000);
    disk.delete("f");
    assertThat(copy.content("f")).isEqualTo(bytes(5_000, 1));
    assertThat(copy.unforced()).isTrue();
  }

  private static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }
}
