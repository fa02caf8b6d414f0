// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Disk.OpenMode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioFileTest {
  @TempDir Path directory;
  private NioDisk disk;
  private NioFile file;

  @BeforeEach
  void open() throws IOException {
    disk = NioDisk.open(directory);
    file = (NioFile) disk.open("file", OpenMode.CREATE);
  }

  @AfterEach
  void close() throws IOException {
    file.close();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void readsWhatWasWrittenAlsoInManyChunks() throws IOException {
    byte[] bytes = random(3 * NioFile.CHUNK_BYTES + 17);
    file.write(1_000, bytes, 5, bytes.length - 5);
    byte[] seen = new byte[bytes.length];
    file.read(1_000, seen, 5, bytes.length - 5);
    Arrays.fill(bytes, 0, 5, (byte) 0);
    assertThat(seen).isEqualTo(bytes);
    assertThat(file.size()).isEqualTo(1_000 + bytes.length - 5);
    assertThat(file.path()).isEqualTo("file");
  }

  @Test
  void aReadPastTheEndSaysWhereTheFileEnds() throws IOException {
    file.write(0, new byte[10], 0, 10);
    assertThatThrownBy(() -> file.read(4, new byte[20], 0, 20))
        .isInstanceOf(EOFException.class)
        .hasMessageContaining("ends at 10")
        .hasMessageContaining("wanted 20");
  }

  @Test
  void zeroesARangeOfAnyLength() throws IOException {
    byte[] bytes = random(2 * NioFile.CHUNK_BYTES + 100);
    file.write(0, bytes, 0, bytes.length);
    file.zero(7, bytes.length);
    file.zero(0, 0);
    byte[] seen = new byte[bytes.length + 7];
    file.read(0, seen, 0, seen.length);
    Arrays.fill(bytes, 7, bytes.length, (byte) 0);
    assertThat(seen).isEqualTo(Arrays.copyOf(bytes, bytes.length + 7));
  }

  @Test
  void truncatesBothWays() throws IOException {
    file.write(0, random(100), 0, 100);
    file.truncate(40);
    assertThat(file.size()).isEqualTo(40);
    file.truncate(5_000);
    assertThat(file.size()).isEqualTo(5_000);
    byte[] tail = new byte[4_960];
    file.read(40, tail, 0, tail.length);
    assertThat(tail).containsOnly(0);
    file.truncate(5_000);
    assertThat(file.size()).isEqualTo(5_000);
  }

  @Test
  void refusesRangesOutsideTheArray() {
    assertThatThrownBy(() -> file.read(0, new byte[4], 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> file.write(0, new byte[4], -1, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aFileOpenedForReadingCannotBeWritten() throws IOException {
    file.write(0, new byte[10], 0, 10);
    try (DiskFile reader = disk.open("file", OpenMode.READ)) {
      assertThatThrownBy(() -> reader.write(0, new byte[1], 0, 1))
          .isInstanceOf(NonWritableChannelException.class);
      reader.force();
      assertThat(reader.size()).isEqualTo(10);
    }
  }

  @Test
  void opensAgainWhenAnotherThreadLostTheChannel() throws IOException {
    file.write(0, new byte[] {1, 2, 3}, 0, 3);
    file.sharedChannel().close();
    byte[] seen = new byte[3];
    file.read(0, seen, 0, 3);
    assertThat(seen).containsExactly(1, 2, 3);
    assertThat(file.sharedChannel().isOpen()).isTrue();
  }

  @Test
  void aFailedReopenIsReportedAndTriedAgain() throws IOException {
    file.write(0, new byte[] {1, 2, 3}, 0, 3);
    file.sharedChannel().close();
    disk.rename("file", "away");
    assertThatThrownBy(() -> file.size()).isInstanceOf(IOException.class);
    disk.rename("away", "file");
    assertThat(file.size()).isEqualTo(3);
  }

  @Test
  void isInterruptSafeForACallerWhoseFlagIsSet() throws IOException {
    byte[] seen = new byte[3];
    Thread.currentThread().interrupt();
    file.write(0, new byte[] {1, 2, 3}, 0, 3);
    file.read(0, seen, 0, 3);
    file.force();
    file.truncate(3);
    try (AppendRegion region = file.region(0, 4096)) {
      region.put(8, seen, 0, 3);
      region.force();
    }
    disk.syncDirectory("");
    disk.lock("LOCK", "interrupted").close();
    assertThat(file.size()).isEqualTo(4096);
    assertThat(seen).containsExactly(1, 2, 3);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void workersUseAChannelOfTheirOwn() throws IOException {
    Uninterrupted.run(() -> file.write(0, new byte[] {7}, 0, 1));
    file.sharedChannel().close();
    long size = Uninterrupted.call(() -> file.size());
    assertThat(size).isEqualTo(1);
    assertThat(file.sharedChannel().isOpen()).isFalse();
  }

  @Test
  void everythingFailsAfterClose() throws IOException {
    file.force();
    file.close();
    file.close();
    assertThatThrownBy(() -> file.size()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> file.force()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.region(0, 4096)).isInstanceOf(IOException.class);
  }
}
