// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.UnsupportedVersionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service sees of a store with damaged files. */
final class DamageTest {
  private static final int ENTRIES = 5_000;
  private static final int FLIPS = 100;
  private static final int VERSION_OFFSET = 4;
  private static final int LENGTH_OFFSET = 16;
  private static final int CRC_OFFSET = 20;
  private static final int HEADER_BYTES = 32;

  @TempDir Path directory;

  @Test
  void flippedBitsInRecordsAreCountedMissesAndNothingElse() throws IOException {
    fill();
    flipBits(files("data"), new Random(7));
    try (Firn firn = Stores.open(directory)) {
      TieredCache<Long, byte[]> cache = open(firn);
      int missing = 0;
      for (long key = 0; key < ENTRIES; key++) {
        byte[] found = cache.getIfPresent(key);
        if (found == null) {
          missing++;
        } else {
          assertThat(Arrays.equals(found, value(key))).as("key %d", key).isTrue();
        }
      }
      assertThat(missing).isBetween(1, FLIPS);
      assertThat(cache.stats().damaged()).isEqualTo(missing);
      assertThat(firn.stats().damagedRecords()).isEqualTo(missing);
      VerifyReport report = firn.verify();
      assertThat(report.isClean()).isFalse();
      assertThat(report.findings().stream().filter(f -> f.startsWith("RECORD"))).hasSize(missing);
      assertThat(report.findingCount()).isEqualTo(report.findings().size());
      assertThat(cache.get(0L, DamageTest::value)).isEqualTo(value(0));
    }
  }

  @Test
  void damagedManifestsFailOnlyIfToldSo() throws IOException {
    fill();
    for (Path manifest : files("manifest")) {
      byte[] bytes = Files.readAllBytes(manifest);
      Arrays.fill(bytes, (byte) 0x5A);
      Files.write(manifest, bytes);
    }
    assertThatThrownBy(() -> Firn.in(directory).ifDamaged(IfDamaged.FAIL).open())
        .isInstanceOf(CorruptStoreException.class);
    try (Firn firn = Firn.in(directory).open()) {
      TieredCache<Long, byte[]> cache = open(firn);
      cache.put(1L, value(1));
      assertThat(cache.getIfPresent(1L)).isEqualTo(value(1));
    }
  }

  @Test
  void aNewerStoreFailsUnlessItMayBeReplaced() throws IOException {
    fill();
    for (Path manifest : files("manifest")) {
      byte[] bytes = Files.readAllBytes(manifest);
      bytes[VERSION_OFFSET]++;
      seal(bytes);
      Files.write(manifest, bytes);
    }
    assertThatThrownBy(() -> Firn.in(directory).open())
        .isInstanceOf(UnsupportedVersionException.class);
    try (Firn firn = Firn.in(directory).ifNewer(IfNewer.START_EMPTY).open()) {
      assertThat(open(firn).getIfPresent(1L)).isNull();
    }
  }

  @Test
  void aFolderOfSomethingElseIsRefusedAndLeftAlone() throws IOException {
    Path other = Files.createDirectory(directory.resolve("photos"));
    Path photo = Files.writeString(other.resolve("photo.jpg"), "a photo");
    assertThatThrownBy(() -> Firn.in(other).ifDamaged(IfDamaged.START_EMPTY).open())
        .isInstanceOf(FirnException.class)
        .hasMessageContaining("photos");
    assertThat(photo).hasContent("a photo");
  }

  /* The checksum of docs/storage.md: header with this field as 0, then the payload. */
  private static void seal(byte[] manifest) {
    ByteBuffer bytes = ByteBuffer.wrap(manifest).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(CRC_OFFSET, 0);
    CRC32C crc = new CRC32C();
    crc.update(manifest, 0, HEADER_BYTES + bytes.getInt(LENGTH_OFFSET));
    bytes.putInt(CRC_OFFSET, (int) crc.getValue());
  }

  private void fill() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<Long, byte[]> cache = open(firn);
      for (long key = 0; key < ENTRIES; key++) {
        cache.put(key, value(key));
      }
    }
  }

  private static void flipBits(List<Path> files, Random random) throws IOException {
    for (int i = 0; i < FLIPS; i++) {
      Path file = files.get(random.nextInt(files.size()));
      byte[] bytes = Files.readAllBytes(file);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
    }
  }

  private List<Path> files(String prefix) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> directory.relativize(file).toString().startsWith(prefix))
          .sorted()
          .toList();
    }
  }

  private static TieredCache<Long, byte[]> open(Firn firn) {
    return firn.cache("damaged", Codec.int64(), Codec.bytes()).maximumHotEntries(0).open();
  }

  private static byte[] value(long key) {
    Random random = new Random(key);
    byte[] bytes = new byte[random.nextInt(600)];
    random.nextBytes(bytes);
    return bytes;
  }
}
