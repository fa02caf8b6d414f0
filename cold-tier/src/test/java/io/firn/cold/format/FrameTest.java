// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.FrameReader.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The frames that are read in place, and what all frames have in common. */
class FrameTest {
  private static final long HASH = 0x1112131415161718L;
  private static final long WORD = 0x2122232425262728L;
  private static final long WORD_2 = 0x3132333435363738L;

  /* A length of 16 or 32 is one bit away from 0; the mark above tells such damage from the end. */
  private static final List<Verdict> BAD_OR_EMPTY = List.of(Verdict.BAD, Verdict.EMPTY);

  private final FrameWriter writer = new FrameWriter();
  private final FrameReader reader = new FrameReader();

  private byte[] sealed(int length) {
    writer.seal(GoldenFrames.SALT, GoldenFrames.POSITION, length);
    return Arrays.copyOf(writer.bytes(), length);
  }

  private Verdict read(byte[] frame) {
    return reader.wrap(frame, 0, frame.length, GoldenFrames.SALT, GoldenFrames.POSITION);
  }

  @Test
  void anInsertHasItsGoldenBytes() {
    int length = writer.insert(false, 9, HASH, WORD, 1044, 0xCAFEBABE, Frames.FORCED_BEFORE);

    assertThat(sealed(length)).isEqualTo(GoldenFrames.TUPLE_INSERT);
    assertThat(read(GoldenFrames.TUPLE_INSERT)).isEqualTo(Verdict.OK);
    assertThat(reader.type()).isEqualTo(FrameType.TUPLE_INSERT);
    assertThat(reader.flags()).isEqualTo(Frames.FORCED_BEFORE);
    assertThat(reader.tableId()).isEqualTo(9);
    assertThat(reader.hash()).isEqualTo(HASH);
    assertThat(reader.word()).isEqualTo(WORD);
    assertThat(reader.recordLength()).isEqualTo(1044);
    assertThat(reader.recordCrc()).isEqualTo(0xCAFEBABE);
    assertThat(reader.length()).isEqualTo(40);
    assertThat(reader.alignedLength()).isEqualTo(40);
    assertThat(reader.isInBatch()).isFalse();
    assertThat(reader.payloadOffset()).isEqualTo(16);
    assertThat(reader.payloadLength()).isEqualTo(24);
  }

  @Test
  void anUpdateInABatchHasItsGoldenBytes() {
    int length = writer.insert(true, 9, HASH, WORD, 1044, 0xCAFEBABE, 0);

    assertThat(sealed(writer.inBatch(length, 0x77))).isEqualTo(GoldenFrames.TUPLE_UPDATE);
    assertThat(read(GoldenFrames.TUPLE_UPDATE)).isEqualTo(Verdict.OK);
    assertThat(reader.type()).isEqualTo(FrameType.TUPLE_UPDATE);
    assertThat(reader.isInBatch()).isTrue();
    assertThat(reader.batchId()).isEqualTo(0x77);
    assertThat(reader.payloadLength()).isEqualTo(24);
    assertThat(reader.recordCrc()).isEqualTo(0xCAFEBABE);
  }

  @Test
  void aDeleteHasItsGoldenBytes() {
    assertThat(sealed(writer.delete(9, HASH, 0))).isEqualTo(GoldenFrames.TUPLE_DELETE);
    assertThat(read(GoldenFrames.TUPLE_DELETE)).isEqualTo(Verdict.OK);
    assertThat(reader.type()).isEqualTo(FrameType.TUPLE_DELETE);
    assertThat(reader.hash()).isEqualTo(HASH);
  }

  @Test
  void carriedRecordsHaveTheirGoldenBytes() {
    byte[] record = GoldenStructures.RECORD_PLAIN;
    int crc = LittleEndian.getInt(record, 0);

    int delta = writer.carried(false, 9, HASH, WORD, record, 0, record.length, crc, 0);
    assertThat(sealed(delta)).isEqualTo(GoldenFrames.PAGE_DELTA);
    int image = writer.carried(true, 9, HASH, WORD, record, 0, record.length, crc, 0);
    assertThat(sealed(image)).isEqualTo(GoldenFrames.PAGE_IMAGE);

    assertThat(read(GoldenFrames.PAGE_DELTA)).isEqualTo(Verdict.OK);
    assertThat(reader.type()).isEqualTo(FrameType.PAGE_DELTA);
    assertThat(reader.recordLength()).isEqualTo(20);
    int at = reader.recordOffset();
    assertThat(Arrays.copyOfRange(GoldenFrames.PAGE_DELTA, at, at + 20)).isEqualTo(record);
    assertThat(reader.alignedLength()).isEqualTo(64);
  }

  @Test
  void aRelocationHasItsGoldenBytes() {
    long[] moves = {HASH, WORD, WORD_2, HASH + 1, WORD + 4096, WORD_2 + 4096, 99};

    assertThat(sealed(writer.relocate(9, moves, 2))).isEqualTo(GoldenFrames.RELOCATE);
    assertThat(read(GoldenFrames.RELOCATE)).isEqualTo(Verdict.OK);
    assertThat(reader.count()).isEqualTo(2);
    assertThat(reader.moveHash(1)).isEqualTo(HASH + 1);
    assertThat(reader.moveFrom(1)).isEqualTo(WORD + 4096);
    assertThat(reader.moveTo(0)).isEqualTo(WORD_2);
  }

  @Test
  void aTouchHasItsGoldenBytes() {
    int length = writer.touch(9, new long[] {HASH, HASH + 1}, new int[] {100, -1}, 2);

    assertThat(sealed(length)).isEqualTo(GoldenFrames.TOUCH);
    assertThat(read(GoldenFrames.TOUCH)).isEqualTo(Verdict.OK);
    assertThat(reader.count()).isEqualTo(2);
    assertThat(reader.touchHash(1)).isEqualTo(HASH + 1);
    assertThat(reader.touchDeadline(1)).isEqualTo(-1);
    assertThat(reader.touchDeadline(0)).isEqualTo(100);
  }

  @Test
  void aMarkAndASegmentFrameCanBeReadInPlace() {
    assertThat(read(GoldenFrames.DURABLE)).isEqualTo(Verdict.OK);
    assertThat(reader.durableLsn()).isEqualTo(0x4038);
    assertThat(reader.wallMillis()).isEqualTo(1_767_225_600_123L);
    assertThat(read(GoldenFrames.SEGMENT_DROP)).isEqualTo(Verdict.OK);
    assertThat(reader.segment()).isEqualTo(6);
  }

  @Test
  void aFrameOfAnyLengthRoundTripsAtAnyPlaceOfABuffer() {
    Random random = new Random(3);
    for (int length : new int[] {0, 1, 511, 512, 513, 4096, 32_768, 1 << 20, 2 << 20, 17}) {
      byte[] record = new byte[length + 5];
      random.nextBytes(record);
      long salt = random.nextLong();
      int frame = writer.carried(true, 4, HASH, WORD, record, 5, length, 77, 0);
      frame = writer.inBatch(frame, salt ^ 1);
      writer.seal(salt, 800, frame);
      byte[] buffer = new byte[frame + 100];
      System.arraycopy(writer.bytes(), 0, buffer, 13, frame);

      assertThat(reader.wrap(buffer, 13, buffer.length - 13, salt, 800)).isEqualTo(Verdict.OK);
      assertThat(reader.length()).isEqualTo(frame);
      assertThat(reader.batchId()).isEqualTo(salt ^ 1);
      int at = reader.recordOffset();
      assertThat(Arrays.equals(buffer, at, at + length, record, 5, 5 + length)).isTrue();
      assertThat(reader.wrap(buffer, 13, frame - 1, salt, 800)).isEqualTo(Verdict.BAD);
    }
    assertThat(writer.bytes()).hasSizeLessThanOrEqualTo(1 << 20);
  }

  @ParameterizedTest
  @EnumSource(FrameType.class)
  void everyFlippedBitIsNoticed(FrameType type) throws ReflectiveOperationException {
    byte[] golden = golden(type);
    for (int bit = 0; bit < 8 * golden.length; bit++) {
      assertThat(read(GoldenBytes.flipped(golden, bit))).as("bit %d", bit).isIn(BAD_OR_EMPTY);
    }
  }

  @ParameterizedTest
  @EnumSource(FrameType.class)
  void everyTypeHasAGoldenFrame(FrameType type) throws ReflectiveOperationException {
    assertThat(read(golden(type))).isEqualTo(Verdict.OK);
    assertThat(reader.type()).isEqualTo(type);
    assertThat(FrameType.of(type.code())).isEqualTo(type);
  }

  private static byte[] golden(FrameType type) throws ReflectiveOperationException {
    return (byte[]) GoldenFrames.class.getDeclaredField(type.name()).get(null);
  }

  @Test
  void aFrameCountsInItsPlaceAndSegmentOnly() {
    byte[] frame = GoldenFrames.TUPLE_INSERT;

    assertThat(reader.wrap(frame, 0, 40, GoldenFrames.SALT + 1, GoldenFrames.POSITION))
        .isEqualTo(Verdict.BAD);
    assertThat(reader.wrap(frame, 0, 40, GoldenFrames.SALT, GoldenFrames.POSITION + 8))
        .isEqualTo(Verdict.BAD);
  }

  @Test
  void aLengthOfZeroIsEmpty() {
    assertThat(read(new byte[16])).isEqualTo(Verdict.EMPTY);
    assertThat(read(new byte[8])).isEqualTo(Verdict.EMPTY);
    assertThat(read(new byte[4])).isEqualTo(Verdict.EMPTY);
    assertThat(read(new byte[3])).isEqualTo(Verdict.BAD);
    assertThat(read(new byte[] {16, 0, 0, 0, 1, 2, 3, 4})).isEqualTo(Verdict.BAD);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 0, NEWER", // type
    "8, 21, NEWER",
    "9, 2, NEWER", // version
    "9, 0, BAD",
    "10, 4, NEWER", // flags
    "10, 2, BAD", // in a batch without an id
    "15, 255, BAD", // table
    "8, 3, BAD", // a delete of this length
    "8, 10, BAD", // a carried record of this length
    "8, 12, BAD", // a relocation of this length
    "8, 18, BAD",
    "8, 5, BAD"
  })
  void aFrameWhoseChecksumHoldsIsStillChecked(int at, int value, Verdict verdict) {
    int length = writer.insert(false, 9, HASH, WORD, 1044, 0, 0);
    writer.bytes()[at] = (byte) value;

    assertThat(read(sealed(length))).isEqualTo(verdict);
  }

  @Test
  void onlyTuplesAndCarriedRecordsMayBeInABatch() {
    int length = writer.tableDrop(9);

    assertThat(read(sealed(writer.inBatch(length, 1)))).isEqualTo(Verdict.BAD);
  }

  @Test
  void aBatchIdFitsBehindAFrameThatFillsTheBuffer() {
    byte[] record = new byte[4096 - 40];
    int length = writer.carried(false, 9, HASH, WORD, record, 0, record.length, 5, 0);

    assertThat(read(sealed(writer.inBatch(length, 6)))).isEqualTo(Verdict.OK);
    assertThat(reader.batchId()).isEqualTo(6);
  }

  @Test
  void anUnknownCodeHasNoType() {
    assertThat(FrameType.of(0)).isNull();
    assertThat(FrameType.of(21)).isNull();
    assertThat(FrameType.of(-1)).isNull();
  }

  @Test
  void aPadHasAtLeastAHeader() {
    assertThatThrownBy(() -> writer.pad(15)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void alignsToEight() {
    assertThat(Frames.align8(16)).isEqualTo(16);
    assertThat(Frames.align8(17)).isEqualTo(24);
    assertThat(Frames.align8(24)).isEqualTo(24);
  }
}
