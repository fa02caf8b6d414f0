// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeSpaceTest {
  @TempDir Path directory;

  private Path file() throws IOException {
    return Files.write(directory.resolve("mapped-by-test"), new byte[8192]);
  }

  @Test
  void givesMemoryBackAtOnceOnThisJdk() {
    assertThat(NativeSpace.ofThisJdk().releasesAtOnce()).isTrue();
    assertThat(MappedMemory.unmapsAtOnce()).isTrue();
  }

  @Test
  void fallsBackWhereArenasAreMissing() {
    assertThat(NativeSpace.choose(22).releasesAtOnce())
        .isEqualTo(Runtime.version().feature() >= 22);
  }

  @Test
  void leavesTheReleaseToTheCollectorAsALastResort() throws IOException {
    NativeSpace space = new NativeSpace.CollectedSpace();
    assertThat(space.releasesAtOnce()).isFalse();
    NativeBlock block = space.allocate(100);
    block.release().run();
    assertThat(block.buffer().capacity()).isEqualTo(100);
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ)) {
      NativeBlock mapped = space.map(channel, MapMode.READ_ONLY, 0, 4096);
      mapped.release().run();
      assertThat(mapped.buffer().get(4095)).isZero();
    }
  }

  @Test
  void mapsStoresIntoTheFileAndGrowsIt() throws IOException {
    Path file = file();
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        MappedMemory mapped = MappedMemory.map(channel, MapMode.READ_WRITE, 0, 16384)) {
      mapped.buffer().putInt(16380, 0x04030201);
    }
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).hasSize(16384).endsWith(1, 2, 3, 4);
  }

  @Test
  @Tag("linux")
  void unmapsWhenItReturns() throws IOException {
    Path file = file();
    Path maps = Path.of("/proc/self/maps");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedMemory mapped = MappedMemory.map(channel, MapMode.READ_ONLY, 0, 8192);
      assertThat(Files.readString(maps)).contains("mapped-by-test");
      mapped.close();
      mapped.close();
      assertThat(Files.readString(maps)).doesNotContain("mapped-by-test");
      assertThatThrownBy(mapped::buffer).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  @Tag("linux")
  void givesAllocatedMemoryBackWhenItReturns() throws IOException {
    NativeBlock block = NativeSpace.ofThisJdk().allocate(64 << 20);
    long middle = BufferAddress.of(block.buffer()) + (32 << 20);
    assertThat(isMapped(middle)).isTrue();
    block.release().run();
    assertThat(isMapped(middle)).isFalse();
  }

  private static boolean isMapped(long address) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .map(line -> line.substring(0, line.indexOf(' ')).split("-", 2))
        .anyMatch(
            range ->
                Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                    && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0);
  }

  @Test
  void reportsWhyAFileCannotBeMapped() throws IOException {
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ)) {
      assertThatThrownBy(() -> MappedMemory.map(channel, MapMode.READ_WRITE, 0, 8192))
          .isInstanceOf(NonWritableChannelException.class);
      assertThatThrownBy(() -> MappedMemory.map(channel, MapMode.READ_ONLY, 0, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> MappedMemory.map(channel, MapMode.READ_ONLY, 0, 1 << 20))
          .isInstanceOf(IOException.class);
    }
  }
}
