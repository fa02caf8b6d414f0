// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Disk.OpenMode;
import io.firn.cold.memory.MappedMemory;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AppendRegionTest {
  private static final int CAPACITY = 1 << 20;

  @TempDir Path directory;

  private NioFile file(String regions) throws IOException {
    return (NioFile) NioDisk.open(directory, regions).open("region-of-test", OpenMode.CREATE);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void thePropertyChoosesTheKind() throws IOException {
    try (NioFile mapped = file("mapped");
        NioFile buffered = file("buffered");
        AppendRegion first = mapped.region(0, 4096);
        AppendRegion second = buffered.region(0, 4096)) {
      assertThat(first).isInstanceOf(MappedRegion.class);
      assertThat(second).isInstanceOf(BufferedRegion.class);
      assertThat(mapped.readRegion(4096)).isNotNull().satisfies(AppendRegion::close);
      assertThat(buffered.readRegion(4096)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mapped", "buffered"})
  void whatIsPutAndPublishedIsReadEverywhere(String regions) throws IOException {
    byte[] put = random(1_003);
    byte[] frame = random(517);
    try (NioFile file = file(regions);
        AppendRegion region = file.region(0, CAPACITY)) {
      assertThat(region.end()).isEqualTo(CAPACITY);
      region.prepare(0, 8_192);
      region.put(4_001, put, 3, 1_000);
      region.publish(64, frame, 1, 516);
      byte[] seen = new byte[1_000];
      region.get(4_001, seen, 0, 1_000);
      assertThat(seen).isEqualTo(Arrays.copyOfRange(put, 3, 1_003));
      byte[] inFile = new byte[516];
      file.read(64, inFile, 0, 516);
      assertThat(inFile).isEqualTo(Arrays.copyOfRange(frame, 1, 517));
      region.force();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mapped", "buffered"})
  void preparingLeavesZerosAndTheNeighboursAlone(String regions) throws IOException {
    byte[] old = random(CAPACITY);
    try (NioFile file = file(regions)) {
      file.write(0, old, 0, CAPACITY);
      try (AppendRegion region = file.region(0, CAPACITY)) {
        region.prepare(5_000, 600_000);
        byte[] seen = new byte[CAPACITY];
        region.get(0, seen, 0, CAPACITY);
        Arrays.fill(old, 5_000, 605_000, (byte) 0);
        assertThat(seen).isEqualTo(old);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mapped", "buffered"})
  void everythingOutsideItsCapacityIsRefused(String regions) throws IOException {
    byte[] bytes = new byte[16];
    try (NioFile file = file(regions);
        AppendRegion region = file.region(0, 4096)) {
      for (long position : new long[] {-8, 4096, 1L << 32}) {
        assertOutside(() -> region.put(position, bytes, 0, 1));
        assertOutside(() -> region.publish(position, bytes, 0, 4));
        assertOutside(() -> region.get(position, bytes, 0, 1));
        assertOutside(() -> region.prepare(position, 1));
      }
      assertOutside(() -> region.put(4090, bytes, 0, 7));
      assertOutside(() -> region.publish(0, bytes, 13, 4));
      assertThatThrownBy(() -> region.publish(4, bytes, 0, 8))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> region.publish(8, bytes, 0, 3))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> file.region(0, 0)).isInstanceOf(IllegalArgumentException.class);
      assertThat(file.size()).isEqualTo(4096);
    }
  }

  private static void assertOutside(ThrowingCallable access) {
    assertThatThrownBy(access).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mapped", "buffered"})
  void aClosedRegionFailsWithAnIoException(String regions) throws IOException {
    byte[] bytes = new byte[8];
    try (NioFile file = file(regions)) {
      AppendRegion region = file.region(0, 4096);
      region.close();
      region.close();
      assertClosed(() -> region.put(0, bytes, 0, 8));
      assertClosed(() -> region.publish(0, bytes, 0, 8));
      assertClosed(() -> region.get(0, bytes, 0, 8));
      assertClosed(() -> region.prepare(0, 8));
      assertClosed(region::force);
    }
  }

  private static void assertClosed(ThrowingCallable access) {
    assertThatThrownBy(access)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the region is closed");
  }

  @Test
  void aReadRegionSeesTheFileAndCannotBeWritten() throws IOException {
    byte[] bytes = random(4096);
    try (NioFile file = file("mapped")) {
      file.write(0, bytes, 0, 4096);
      try (AppendRegion region = Objects.requireNonNull(file.readRegion(4096))) {
        byte[] seen = new byte[96];
        region.get(4000, seen, 0, 96);
        assertThat(seen).isEqualTo(Arrays.copyOfRange(bytes, 4000, 4096));
        assertThatThrownBy(() -> region.put(0, bytes, 0, 1))
            .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> region.publish(0, bytes, 0, 8))
            .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> region.prepare(0, 1))
            .isInstanceOf(UnsupportedOperationException.class);
      }
      assertThatThrownBy(() -> file.readRegion(8192))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("4096");
    }
  }

  @Test
  void forcesTheMappingWhereTheFileAloneIsNotEnough() throws IOException {
    try (NioFile file = file("mapped");
        FileChannel channel =
            FileChannel.open(
                directory.resolve("region-of-test"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
      MappedMemory mapping = MappedMemory.map(channel, MapMode.READ_WRITE, 0, 4096);
      try (AppendRegion region = new MappedRegion(file, 0, mapping, true, true)) {
        region.put(0, new byte[] {5}, 0, 1);
        region.force();
      }
    }
    assertThat(Files.readAllBytes(directory.resolve("region-of-test"))[0]).isEqualTo((byte) 5);
  }

  @Test
  @Tag("linux")
  void closingUnmapsAtOnce() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    try (NioFile file = file("mapped")) {
      AppendRegion region = file.region(0, CAPACITY);
      assertThat(Files.readString(maps)).contains("region-of-test");
      region.close();
      assertThat(Files.readString(maps)).doesNotContain("region-of-test");
    }
  }

  /* Interpreted and compiled code report faults in different ways, hence the rounds before. */
  @ParameterizedTest
  @ValueSource(ints = {0, 20_000})
  @Tag("linux")
  void aFaultInACopyIsAnIoException(int rounds) throws IOException {
    byte[] bytes = random(12_288);
    try (NioFile file = file("mapped");
        AppendRegion region = file.region(0, CAPACITY)) {
      for (int length : new int[] {8, 500, 4096, 12_288}) {
        for (int i = 0; i < rounds; i++) {
          region.put(8192, bytes, 0, length);
          region.publish(8192, bytes, 0, length);
          region.get(8192, bytes, 0, length);
        }
        file.truncate(0);
        assertFault(() -> region.get(8192, bytes, 0, length));
        assertFault(() -> region.publish(8192, bytes, 0, length));
        assertThat(putAndForceFails(region, bytes, length)).isTrue();
        file.truncate(CAPACITY);
      }
      region.get(8192, bytes, 0, 4096);
      assertThat(Arrays.copyOf(bytes, 4096)).containsOnly(0);
    }
  }

  @Test
  @Tag("linux")
  void aFaultInTheSecondPageOfACopyIsNotMissed() throws IOException {
    byte[] bytes = random(4096);
    try (NioFile file = file("mapped");
        AppendRegion region = file.region(0, CAPACITY)) {
      for (int i = 0; i < 20_000; i++) {
        region.get(2048 + (i & 7), bytes, 0, 4000);
      }
      file.truncate(4096);
      region.get(96, bytes, 0, 4000);
      assertFault(() -> region.get(2048, bytes, 0, 4000));
      assertFault(() -> region.publish(2048, bytes, 0, 4000));
    }
  }

  @Test
  void dataThatLooksLikeTheMarkIsRead() throws IOException {
    byte[] mark = HexFormat.of().parseHex("6bf0842ec7513b9d6bf0842ec7513b9d");
    try (NioFile file = file("mapped");
        AppendRegion region = file.region(0, CAPACITY)) {
      region.put(0, mark, 0, 16);
      byte[] seen = new byte[16];
      region.get(0, seen, 0, 16);
      assertThat(seen).isEqualTo(mark);
      FaultBarrier.poll();
      FaultBarrier.enterJvm();
    }
  }

  /** Tells whether a fault was reported, in one of the two ways that the interface allows. */
  private static boolean putAndForceFails(AppendRegion region, byte[] bytes, int length) {
    try {
      region.put(8192, bytes, 0, length);
      region.force();
      return false;
    } catch (IOException e) {
      return e.getCause() instanceof InternalError;
    } catch (InternalError e) {
      return !FaultBarrier.DELIVERED_AT_POLLS;
    }
  }

  private static void assertFault(ThrowingCallable access) {
    assertThatThrownBy(access)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be accessed")
        .hasCauseInstanceOf(InternalError.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mapped", "buffered"})
  void aPublishedLengthMeansThatTheFrameIsThere(String regions) throws IOException {
    int frames = 2_000;
    int length = 64;
    try (NioFile file = file(regions);
        AppendRegion region = file.region(0, CAPACITY)) {
      region.prepare(0, (long) frames * length);
      CompletableFuture<Integer> reader =
          CompletableFuture.supplyAsync(() -> countTorn(region, frames, length));
      byte[] frame = new byte[length];
      Arrays.fill(frame, (byte) 0x5A);
      for (int i = 0; i < frames; i++) {
        region.publish((long) i * length, frame, 0, length);
      }
      assertThat(reader.join()).isZero();
    }
  }

  private static int countTorn(AppendRegion region, int frames, int length) {
    int torn = 0;
    byte[] head = new byte[4];
    byte[] body = new byte[length];
    try {
      for (int i = 0; i < frames; i++) {
        do {
          region.get((long) i * length, head, 0, 4);
        } while (head[0] == 0);
        region.get((long) i * length, body, 0, length);
        for (int at = 4; at < length; at++) {
          torn += body[at] == 0x5A ? 0 : 1;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return torn;
  }
}
