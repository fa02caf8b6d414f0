// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.format.RecordReader.Verdict;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordTest {
  private static final int TABLE = 9;
  private static final long LSN_BASE = 4096;
  private static final long TIME_BASE = 1_767_225_600_123L;
  private static final byte[] KEY = "key".getBytes(US_ASCII);
  private static final byte[] VALUE = "value".getBytes(US_ASCII);

  private final RecordWriter writer = new RecordWriter();
  private final RecordReader reader = new RecordReader();

  @CanIgnoreReturnValue
  private int encode(byte[] key, byte[] value, long writeTime, long expiry) {
    return encode(key, value, 0, 0, writeTime, expiry, null);
  }

  @CanIgnoreReturnValue
  private int encode(
      byte[] key,
      byte[] value,
      int codec,
      int dictionary,
      long writeTime,
      long expiry,
      byte @Nullable [] attributes) {
    return writer.encode(
        TABLE,
        key,
        key.length,
        value,
        0,
        value.length,
        codec,
        dictionary,
        writeTime,
        expiry,
        attributes);
  }

  private byte[] written() {
    return Arrays.copyOf(writer.bytes(), writer.length());
  }

  private Verdict read(byte[] bytes) {
    return reader.wrap(bytes, 0, bytes.length, TABLE, LSN_BASE, TIME_BASE);
  }

  private byte[] value() {
    return Arrays.copyOfRange(
        writer.bytes(), reader.valueOffset(), reader.valueOffset() + reader.valueLength());
  }

  @Test
  void aPlainRecordHasItsGoldenBytes() {
    int length = encode(KEY, VALUE, RecordWriter.NO_TIME, RecordWriter.NEVER);
    writer.rebase(LSN_BASE, TIME_BASE);
    writer.complete(LSN_BASE + 8 * 0x0102030405L);

    assertThat(length).isEqualTo(20);
    assertThat(written()).isEqualTo(GoldenStructures.RECORD_PLAIN);
    assertThat(writer.crc()).isEqualTo(LittleEndian.getInt(GoldenStructures.RECORD_PLAIN, 0));

    assertThat(read(GoldenStructures.RECORD_PLAIN)).isEqualTo(Verdict.OK);
    assertThat(reader.lsn()).isEqualTo(LSN_BASE + 8 * 0x0102030405L);
    assertThat(reader.crc()).isEqualTo(writer.crc());
    assertThat(reader.totalBytes()).isEqualTo(20);
    assertThat(reader.keyOffset()).isEqualTo(12);
    assertThat(reader.keyLength()).isEqualTo(3);
    assertThat(reader.valueOffset()).isEqualTo(15);
    assertThat(reader.valueLength()).isEqualTo(5);
    assertThat(reader.codec()).isZero();
    assertThat(reader.dictionary()).isZero();
    assertThat(reader.attributesLength()).isZero();
    assertThat(reader.writeTimeMillis()).isEqualTo(RecordWriter.NO_TIME);
    assertThat(reader.expiresAtMillis()).isEqualTo(RecordWriter.NEVER);
  }

  @Test
  void aRecordWithEverythingHasItsGoldenBytes() {
    int length =
        encode(KEY, VALUE, 2, 300, TIME_BASE - 4_700, TIME_BASE + 86_400_000, new byte[] {1, 2, 3});
    writer.pad(length + 5);
    writer.rebase(LSN_BASE, TIME_BASE);
    writer.complete(LSN_BASE + 8);

    assertThat(length).isEqualTo(36);
    assertThat(written()).isEqualTo(GoldenStructures.RECORD_FULL);

    assertThat(read(GoldenStructures.RECORD_FULL)).isEqualTo(Verdict.OK);
    assertThat(reader.lsn()).isEqualTo(LSN_BASE + 8);
    assertThat(reader.totalBytes()).isEqualTo(41);
    assertThat(reader.codec()).isEqualTo(2);
    assertThat(reader.dictionary()).isEqualTo(300);
    assertThat(reader.writeTimeMillis()).isEqualTo(1_767_225_595_000L);
    assertThat(reader.expiresAtMillis()).isEqualTo(TIME_BASE + 86_400_000);
    assertThat(reader.attributesLength()).isEqualTo(3);
    assertThat(GoldenStructures.RECORD_FULL[reader.attributesOffset()]).isEqualTo((byte) 1);
    assertThat(reader.keyEquals(KEY, 3)).isTrue();
    assertThat(reader.valueLength()).isEqualTo(5);
  }

  @Test
  void aFillerHasItsGoldenBytes() {
    byte[] bytes = new byte[20];
    Arrays.fill(bytes, (byte) -1);
    FillerRecord.write(bytes, 3, 14, TABLE);

    assertThat(Arrays.copyOfRange(bytes, 3, 17)).isEqualTo(GoldenStructures.FILLER);
    assertThat(bytes[2]).isEqualTo((byte) -1);
    assertThat(bytes[17]).isEqualTo((byte) -1);
    assertThat(read(GoldenStructures.FILLER)).isEqualTo(Verdict.FILLER);
    assertThat(reader.totalBytes()).isEqualTo(14);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 127, 128, 16_383, 16_384, 65_536})
  void aFillerOfAnyLengthIsRead(int length) {
    byte[] bytes = new byte[length];
    FillerRecord.write(bytes, 0, length, TABLE);

    assertThat(read(bytes)).isEqualTo(Verdict.FILLER);
    assertThat(reader.totalBytes()).isEqualTo(length);
    assertThat(reader.wrap(bytes, 0, length, TABLE + 1, LSN_BASE, TIME_BASE))
        .isEqualTo(Verdict.DAMAGED);
  }

  @Test
  void aFillerNeedsTwelveBytes() {
    assertThatThrownBy(() -> FillerRecord.write(new byte[20], 0, 11, TABLE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"1004, 20, 13", "0, 1, 12", "16383, 16, 14"})
  void theOverheadOfAPlainRecordIsSmall(int valueLength, int keyLength, int overhead) {
    int length =
        RecordWriter.encodedLength(
            keyLength, valueLength, 0, 0, RecordWriter.NO_TIME, RecordWriter.NEVER, 0);

    assertThat(length - keyLength - valueLength).isEqualTo(overhead);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 113, 114, 115, 116, 16_351, 16_352, 16_353, 16_384, 1 << 20})
  void valuesOfAnyLengthRoundTrip(int length) {
    byte[] value = new byte[length];
    new Random(length).nextBytes(value);
    int total = encode(KEY, value, TIME_BASE, TIME_BASE + 1);
    writer.rebase(LSN_BASE, TIME_BASE);
    writer.complete(LSN_BASE);

    assertThat(total)
        .isEqualTo(RecordWriter.encodedLength(3, length, 0, 0, TIME_BASE, TIME_BASE + 1, 0));
    assertThat(read(written())).isEqualTo(Verdict.OK);
    assertThat(value()).isEqualTo(value);
    assertThat(reader.lsn()).isEqualTo(LSN_BASE);
  }

  @Test
  void randomRecordsRoundTripAtAnyPlaceOfABuffer() {
    Random random = new Random(20261121);
    for (int round = 0; round < 2000; round++) {
      byte[] key = randomBytes(random, 1 + random.nextInt(200));
      byte[] value = randomBytes(random, random.nextInt(600));
      byte[] attributes = random.nextBoolean() ? null : randomBytes(random, random.nextInt(200));
      int codec = random.nextBoolean() ? 0 : random.nextInt(256);
      int dictionary = random.nextBoolean() ? 0 : random.nextInt() >>> 1;
      long time = random.nextBoolean() ? RecordWriter.NO_TIME : TIME_BASE + random.nextInt();
      long expiry =
          random.nextBoolean() ? RecordWriter.NEVER : TIME_BASE + (random.nextInt() >>> 1);
      long lsn = LSN_BASE + 8L * (random.nextInt() >>> 1);
      int length = encode(key, value, codec, dictionary, time, expiry, attributes);
      if (random.nextBoolean()) {
        writer.pad(length + 2 + random.nextInt(300));
      }
      writer.rebase(LSN_BASE, TIME_BASE);
      writer.complete(lsn);

      int at = random.nextInt(50);
      byte[] buffer = randomBytes(random, at + writer.length() + random.nextInt(50));
      System.arraycopy(writer.bytes(), 0, buffer, at, writer.length());
      assertThat(reader.wrap(buffer, at, buffer.length - at, TABLE, LSN_BASE, TIME_BASE))
          .isEqualTo(Verdict.OK);
      assertThat(reader.lsn()).isEqualTo(lsn);
      assertThat(reader.totalBytes()).isEqualTo(writer.length());
      assertThat(reader.codec()).isEqualTo(codec);
      assertThat(reader.dictionary()).isEqualTo(dictionary);
      assertThat(reader.expiresAtMillis()).isEqualTo(expiry);
      assertThat(reader.writeTimeMillis())
          .isEqualTo(time == RecordWriter.NO_TIME ? time : Math.floorDiv(time, 1000L) * 1000);
      assertThat(reader.keyEquals(key, key.length)).isTrue();
      assertThat(reader.attributesLength()).isEqualTo(attributes == null ? 0 : attributes.length);
      int valueEnd = reader.valueOffset() + reader.valueLength();
      assertThat(Arrays.copyOfRange(buffer, reader.valueOffset(), valueEnd)).isEqualTo(value);
    }
  }

  private static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void everyLengthCanBeReachedByPadding() {
    for (int valueLength : new int[] {0, 80, 100, 112, 113, 16_200, 16_366, 16_367}) {
      for (int extra : new int[] {2, 3, 4, 127, 128, 129, 130, 131, 16_384, 16_387, 16_388}) {
        byte[] value = new byte[valueLength];
        Arrays.fill(value, (byte) 5);
        int length = encode(KEY, value, TIME_BASE, RecordWriter.NEVER);
        writer.pad(length + extra);
        writer.rebase(LSN_BASE, TIME_BASE);
        writer.complete(LSN_BASE);

        assertThat(read(written())).as("%d + %d", length, extra).isEqualTo(Verdict.OK);
        assertThat(reader.totalBytes()).isEqualTo(length + extra);
        assertThat(reader.keyEquals(KEY, 3)).isTrue();
        assertThat(value()).isEqualTo(value);
      }
    }
  }

  @Test
  void paddingLeavesTheChecksumAlone() {
    int length = encode(KEY, VALUE, TIME_BASE, TIME_BASE + 5);
    writer.rebase(LSN_BASE, TIME_BASE);
    writer.complete(LSN_BASE);
    int crc = writer.crc();

    writer.pad(length);
    assertThat(writer.length()).isEqualTo(length);
    writer.pad(length + 40);
    assertThat(read(written())).isEqualTo(Verdict.OK);
    assertThat(reader.crc()).isEqualTo(crc);
    assertThatThrownBy(() -> writer.pad(length + 80)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> writer.pad(length + 41)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.pad(length)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theChecksumIsTheSameInEverySegment() {
    encode(KEY, VALUE, 1, 2, TIME_BASE + 777, TIME_BASE + 9_999, new byte[] {4});
    writer.rebase(LSN_BASE, TIME_BASE);
    writer.complete(8192);
    int crc = writer.crc();
    writer.rebase(0, TIME_BASE - 3_600_001);
    writer.complete(8192);

    assertThat(writer.crc()).isEqualTo(crc);
    assertThat(reader.wrap(written(), 0, writer.length(), TABLE, 0, TIME_BASE - 3_600_001))
        .isEqualTo(Verdict.OK);
    assertThat(reader.writeTimeMillis()).isEqualTo(TIME_BASE - 123 + 0);
    assertThat(reader.expiresAtMillis()).isEqualTo(TIME_BASE + 9_999);
  }

  @ParameterizedTest
  @CsvSource({
    "1767225600122, 1767225600123",
    "-9223372036854775808, 1767225600123",
    "2866737228099, 2866737227898",
    "9223372036854775806, 2866737227898"
  })
  void anExpiryOutOfRangeBecomesTheNearestInRange(long expiry, long expected) {
    encode(KEY, VALUE, RecordWriter.NO_TIME, expiry);
    writer.rebase(LSN_BASE, TIME_BASE);
    writer.complete(LSN_BASE);

    assertThat(read(written())).isEqualTo(Verdict.OK);
    assertThat(reader.expiresAtMillis()).isEqualTo(expected);
  }

  @Test
  void aTimeBaseBeforeTheEpochMakesAHugeExpiryTheNearestInRange() {
    encode(KEY, VALUE, RecordWriter.NO_TIME, Long.MAX_VALUE - 1);
    writer.rebase(LSN_BASE, -1_000);
    writer.complete(LSN_BASE);

    assertThat(reader.wrap(written(), 0, writer.length(), TABLE, LSN_BASE, -1_000))
        .isEqualTo(Verdict.OK);
    assertThat(reader.expiresAtMillis()).isEqualTo((1L << 40) - 1 - 1_000);
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 3914709247000",
    "-9223372036854775807, -380258048000",
    "-1, -1000"
  })
  void aWriteTimeOutOfRangeBecomesTheNearestInRange(long writeTime, long expected) {
    encode(KEY, VALUE, writeTime, RecordWriter.NEVER);
    writer.rebase(LSN_BASE, TIME_BASE);
    writer.complete(LSN_BASE);

    assertThat(read(written())).isEqualTo(Verdict.OK);
    assertThat(reader.writeTimeMillis()).isEqualTo(expected);
  }

  @Test
  void theHighestLsnIsTheLast() {
    long highest = RecordWriter.maximumLsn(LSN_BASE);
    encode(KEY, VALUE, RecordWriter.NO_TIME, RecordWriter.NEVER);
    writer.rebase(LSN_BASE, TIME_BASE);

    assertThat(highest).isEqualTo(LSN_BASE + 8 * ((1L << 39) - 1));
    for (long lsn : new long[] {highest + 8, LSN_BASE + 4}) {
      assertThatThrownBy(() -> writer.complete(lsn))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("LSN " + lsn);
    }
    writer.complete(highest);
    assertThat(read(written())).isEqualTo(Verdict.OK);
    assertThat(reader.lsn()).isEqualTo(highest);
  }

  @Test
  void aRecordThatMovedMayBeOlderThanItsSegment_upToTheLowestLsn() {
    long lowest = RecordWriter.minimumLsn(LSN_BASE);
    encode(KEY, VALUE, RecordWriter.NO_TIME, RecordWriter.NEVER);
    writer.rebase(LSN_BASE, TIME_BASE);
    assertThat(lowest).isEqualTo(LSN_BASE - 8 * (1L << 39));
    assertThatThrownBy(() -> writer.complete(lowest - 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LSN " + (lowest - 8));
    for (long lsn : new long[] {lowest, LSN_BASE - 8}) {
      writer.rebase(LSN_BASE, TIME_BASE);
      writer.complete(lsn);
      assertThat(read(written())).isEqualTo(Verdict.OK);
      assertThat(reader.lsn()).isEqualTo(lsn);
    }
  }

  @Test
  void completingChangesTheHeadOnlyAndNeedsASegment() {
    encode(KEY, VALUE, TIME_BASE, RecordWriter.NEVER);
    assertThatThrownBy(() -> writer.complete(LSN_BASE)).isInstanceOf(IllegalStateException.class);
    writer.rebase(LSN_BASE, TIME_BASE);
    byte[] before = written();
    writer.complete(LSN_BASE + 8);

    byte[] after = written();
    assertThat(Arrays.mismatch(before, after)).isLessThan(RecordWriter.HEAD_BYTES);
    Arrays.fill(before, 0, RecordWriter.HEAD_BYTES, (byte) 0);
    Arrays.fill(after, 0, RecordWriter.HEAD_BYTES, (byte) 0);
    assertThat(after).isEqualTo(before);
    assertThatThrownBy(() -> writer.complete(LSN_BASE)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void everyFlippedBitOutsideThePaddingIsDamage() {
    byte[] full = GoldenStructures.RECORD_FULL;
    int paddingStart = full.length - 4;
    for (int bit = 0; bit < 8 * full.length; bit++) {
      Verdict verdict = read(GoldenBytes.flipped(full, bit));
      boolean harmless = bit >= 8 * paddingStart;
      assertThat(verdict).as("bit %d", bit).isEqualTo(harmless ? Verdict.OK : Verdict.DAMAGED);
    }
    for (int bit = 0; bit < 8 * GoldenStructures.RECORD_PLAIN.length; bit++) {
      assertThat(read(GoldenBytes.flipped(GoldenStructures.RECORD_PLAIN, bit)))
          .as("bit %d", bit)
          .isEqualTo(Verdict.DAMAGED);
    }
    for (int bit = 0; bit < 8 * 11; bit++) {
      assertThat(read(GoldenBytes.flipped(GoldenStructures.FILLER, bit)))
          .as("bit %d", bit)
          .isEqualTo(Verdict.DAMAGED);
    }
  }

  @Test
  void anotherTableSegmentOrCutIsDamage() {
    byte[] full = GoldenStructures.RECORD_FULL;

    assertThat(reader.wrap(full, 0, full.length, TABLE + 1, LSN_BASE, TIME_BASE))
        .isEqualTo(Verdict.DAMAGED);
    assertThat(reader.wrap(full, 0, full.length, TABLE, LSN_BASE + 8, TIME_BASE))
        .isEqualTo(Verdict.DAMAGED);
    assertThat(reader.wrap(full, 0, full.length, TABLE, LSN_BASE, TIME_BASE + 1))
        .isEqualTo(Verdict.DAMAGED);
    for (int available = 0; available < full.length; available++) {
      assertThat(reader.wrap(full, 0, available, TABLE, LSN_BASE, TIME_BASE))
          .isEqualTo(Verdict.DAMAGED);
    }
    assertThat(reader.totalBytes()).isZero();
  }

  @Test
  void theLengthCanBePeekedFromTheFirstBytes() {
    assertThat(RecordReader.peekTotalBytes(GoldenStructures.RECORD_FULL, 0, 12)).isEqualTo(41);
    assertThat(RecordReader.peekTotalBytes(GoldenStructures.FILLER, 0, 14)).isEqualTo(14);
    assertThat(RecordReader.peekTotalBytes(GoldenStructures.FILLER, 0, 11)).isZero();
    assertThat(RecordReader.peekTotalBytes(new byte[12], 0, 12)).isZero();
    byte[] endless = new byte[20];
    Arrays.fill(endless, (byte) -1);
    assertThat(RecordReader.peekTotalBytes(endless, 0, 20)).isZero();
  }

  @Test
  void theWholeKeyIsCompared() {
    assertThat(read(GoldenStructures.RECORD_PLAIN)).isEqualTo(Verdict.OK);

    assertThat(reader.keyEquals("keyX".getBytes(US_ASCII), 3)).isTrue();
    assertThat(reader.keyEquals("keyX".getBytes(US_ASCII), 4)).isFalse();
    assertThat(reader.keyEquals("kez".getBytes(US_ASCII), 3)).isFalse();
    assertThat(reader.keyEquals("ke".getBytes(US_ASCII), 2)).isFalse();
  }

  @Test
  void aLargeRecordDoesNotKeepItsBuffer() {
    int large = encode(KEY, new byte[3 << 20], RecordWriter.NO_TIME, RecordWriter.NEVER);
    assertThat(writer.bytes()).hasSize(large);
    writer.pad(large + 100);
    assertThat(writer.bytes()).hasSize(large + 100);

    int small = encode(KEY, VALUE, RecordWriter.NO_TIME, RecordWriter.NEVER);
    assertThat(small).isEqualTo(20);
    assertThat(writer.bytes()).hasSizeLessThanOrEqualTo(1 << 20);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "256, 0", "0, -1"})
  void codecAndDictionaryHaveLimits(int codec, int dictionary) {
    assertThatThrownBy(() -> encode(KEY, VALUE, codec, dictionary, 0, 0, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, -1", "3, 536870912", "2147483647, 2147483647"})
  void lengthsHaveLimits(int keyLength, int valueLength) {
    assertThatThrownBy(() -> RecordWriter.encodedLength(keyLength, valueLength, 0, 0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
