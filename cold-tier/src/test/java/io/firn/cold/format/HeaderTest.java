// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Crc32c;
import io.firn.cold.model.UnsupportedVersionException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The headers of segment files and log segments. */
class HeaderTest {
  private static final SegmentHeader SEGMENT =
      new SegmentHeader(
          3, 0x020304, 1 << 20, 0x1122334455667788L, 1_767_225_600_123L, 0xABCD, 16_384);
  private static final LogSegmentHeader LOG_SEGMENT =
      new LogSegmentHeader(7, 0xFEDCBA9876543210L, 0x10040, 0x10038, 262_144);

  private static byte[] encoded(SegmentHeader header) {
    byte[] bytes = new byte[SegmentHeader.BYTES];
    Arrays.fill(bytes, (byte) -1);
    header.encode(bytes);
    return bytes;
  }

  private static byte[] encoded(LogSegmentHeader header) {
    byte[] bytes = new byte[LogSegmentHeader.BYTES];
    Arrays.fill(bytes, (byte) -1);
    header.encode(bytes);
    return bytes;
  }

  /** Replaces a byte and makes the checksum hold again. */
  private static byte[] changed(byte[] golden, int at, int value) {
    byte[] bytes = golden.clone();
    bytes[at] = (byte) value;
    LittleEndian.putInt(bytes, 48, Crc32c.of(bytes, 0, 48));
    return bytes;
  }

  @Test
  void aSegmentHeaderHasItsGoldenBytes() throws CorruptBytesException {
    assertThat(encoded(SEGMENT)).isEqualTo(GoldenStructures.SEGMENT);
    assertThat(SegmentHeader.decode(GoldenStructures.SEGMENT, "s")).isEqualTo(SEGMENT);
  }

  @Test
  void aLogSegmentHeaderHasItsGoldenBytes() throws CorruptBytesException {
    assertThat(encoded(LOG_SEGMENT)).isEqualTo(GoldenStructures.LOG_SEGMENT);
    assertThat(LogSegmentHeader.decode(GoldenStructures.LOG_SEGMENT, "w")).isEqualTo(LOG_SEGMENT);
  }

  @Test
  void everyFlippedBitIsDamageAndNeverANewerVersion() {
    for (int bit = 0; bit < 8 * 64; bit++) {
      byte[] segment = GoldenBytes.flipped(GoldenStructures.SEGMENT, bit);
      byte[] log = GoldenBytes.flipped(GoldenStructures.LOG_SEGMENT, bit);
      assertThatThrownBy(() -> SegmentHeader.decode(segment, "seg"))
          .as("bit %d", bit)
          .isInstanceOf(CorruptBytesException.class)
          .hasMessageContaining("seg");
      assertThatThrownBy(() -> LogSegmentHeader.decode(log, "log"))
          .as("bit %d", bit)
          .isInstanceOf(CorruptBytesException.class);
    }
  }

  @Test
  void aNewerVersionIsNamed() {
    assertThatThrownBy(() -> SegmentHeader.decode(changed(GoldenStructures.SEGMENT, 4, 2), "1.seg"))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("1.seg")
        .hasMessageContaining("version 2")
        .hasMessageContaining("version 1");
    assertThatThrownBy(
            () -> LogSegmentHeader.decode(changed(GoldenStructures.LOG_SEGMENT, 4, 3), "1.wal"))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("version 3");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0, version",
    "6, 1, reserved",
    "11, 255, tableId",
    "15, 255, segment",
    "19, 255, capacity",
    "24, 1, lsnBase",
    "31, 255, lsnBase",
    "42, 1, reserved",
    "45, 0, pageBytes",
    "46, 2, pageBytes"
  })
  void aSegmentHeaderWithAnImpossibleFieldIsDamage(int at, int value, String field) {
    byte[] bytes = changed(GoldenStructures.SEGMENT, at, value);

    assertThatThrownBy(() -> SegmentHeader.decode(bytes, "seg"))
        .isInstanceOf(CorruptBytesException.class)
        .hasMessageContaining(field);
  }

  @ParameterizedTest
  @CsvSource({
    "15, 255, sequence",
    "24, 1, baseLsn",
    "31, 255, baseLsn",
    "34, 2, previousEndLsn",
    "39, 255, previousEndLsn",
    "47, 255, capacity"
  })
  void aLogSegmentHeaderWithAnImpossibleFieldIsDamage(int at, int value, String field) {
    byte[] bytes = changed(GoldenStructures.LOG_SEGMENT, at, value);

    assertThatThrownBy(() -> LogSegmentHeader.decode(bytes, "log"))
        .isInstanceOf(CorruptBytesException.class)
        .hasMessageContaining(field);
  }

  @Test
  void tooFewBytesAreDamage() {
    assertThatThrownBy(() -> SegmentHeader.decode(new byte[63], "seg"))
        .isInstanceOfSatisfying(
            CorruptBytesException.class,
            corrupt -> {
              assertThat(corrupt.resource()).isEqualTo("seg");
              assertThat(corrupt.offset()).isZero();
            });
    assertThatThrownBy(() -> LogSegmentHeader.decode(new byte[0], "log"))
        .isInstanceOf(CorruptBytesException.class);
  }
}
