// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.List;

/**
 * Offsets, flags and checksum of a record, shared by {@link RecordWriter}, {@link RecordReader} and
 * {@link FillerRecord}.
 *
 * <p>Resolved times. A write time is rounded down to whole seconds before anything else. Both times
 * are stored relative to the segment's base: the write time as the difference of whole seconds, the
 * expiry in milliseconds. A difference that its field cannot hold is stored as the nearest that it
 * can hold (so an expiry more than 34.8 years above the base comes early, never late). The checksum
 * covers what a reader resolves from the stored deltas, which is the same for every base that is
 * near enough.
 */
final class RecordFormat {
  static final int WRITE_TIME = 1;
  static final int EXPIRY = 2;
  static final int CODEC = 4;
  static final int ATTRIBUTES = 8;
  static final int FILLER = 16;
  static final int PADDED = 32;
  static final int KNOWN_FLAGS = WRITE_TIME | EXPIRY | CODEC | ATTRIBUTES | FILLER | PADDED;

  static final int AT_CRC = 0;
  static final int AT_LSN_DELTA = 4;
  static final int AT_FLAGS = 9;
  static final int AT_TOTAL_LENGTH = 10;

  static final int WRITE_TIME_BYTES = 4;
  static final int EXPIRY_BYTES = 5;
  static final long MAXIMUM_DELTA = (1L << 40) - 1;
  static final long MAXIMUM_LSN_DELTA = (1L << 39) - 1;
  static final long MINIMUM_LSN_DELTA = -(1L << 39);
  static final int LSN_UNIT = 8;
  static final int MINIMUM_BYTES = AT_TOTAL_LENGTH + 2;

  private static final int PRELUDE_TABLE = 0;
  private static final int PRELUDE_FLAGS = 4;
  private static final int PRELUDE_CODEC = 5;
  private static final int PRELUDE_DICTIONARY = 6;
  private static final int PRELUDE_KEY_LENGTH = 10;
  private static final int PRELUDE_VALUE_LENGTH = 14;
  private static final int PRELUDE_WRITE_TIME = 18;
  private static final int PRELUDE_EXPIRY = 26;
  static final int PRELUDE_BYTES = 34;

  private static final int FILLER_PRELUDE_LENGTH = 5;
  private static final int FILLER_PRELUDE_BYTES = 9;

  static final List<Field> LAYOUT =
      List.of(
          new Field("crc", AT_CRC, 4, "CRC32C, see below"),
          new Field(
              "lsnDelta",
              AT_LSN_DELTA,
              5,
              "i40: (LSN − lsnBase of the segment) / 8; 0 in a filler"),
          new Field(
              "flags",
              AT_FLAGS,
              1,
              "u8: 1 WRITE_TIME, 2 EXPIRY, 4 CODEC, 8 ATTRIBUTES, 16 FILLER, 32 PADDED"),
          new Field(
              "totalLength",
              AT_TOTAL_LENGTH,
              Field.VARIABLE,
              "varint: bytes of the whole record, from crc to the end of the padding"),
          Field.following("keyLength", Field.VARIABLE, "varint; it and all below not in a filler"),
          Field.following(
              "writeTime",
              WRITE_TIME_BYTES,
              "if WRITE_TIME: i32, seconds relative to ⌊timeBaseMillis / 1000⌋"),
          Field.following(
              "expiry", EXPIRY_BYTES, "if EXPIRY: u40, milliseconds above timeBaseMillis"),
          Field.following("codec", 1, "if CODEC: u8"),
          Field.following("dictionary", Field.VARIABLE, "if CODEC: varint, 0 = none"),
          Field.following("attributesLength", Field.VARIABLE, "if ATTRIBUTES: varint"),
          Field.following("attributes", Field.VARIABLE, "if ATTRIBUTES: bytes"),
          Field.following(
              "padLength",
              Field.VARIABLE,
              "if PADDED: varint, may be one byte longer than needed so that every length can be"
                  + " reached"),
          Field.following("key", Field.VARIABLE, "bytes"),
          Field.following(
              "value", Field.VARIABLE, "bytes, as its codec left them; up to the padding"),
          Field.following("padding", Field.VARIABLE, "if PADDED: ignored, written as 0"));

  static final List<Field> PRELUDE_LAYOUT =
      List.of(
          new Field("tableId", PRELUDE_TABLE, 4, "u32"),
          new Field("flags", PRELUDE_FLAGS, 1, "u8, with PADDED as 0"),
          new Field("codec", PRELUDE_CODEC, 1, "u8, 0 without CODEC"),
          new Field("dictionary", PRELUDE_DICTIONARY, 4, "u32, 0 without CODEC"),
          new Field("keyLength", PRELUDE_KEY_LENGTH, 4, "u32"),
          new Field("valueLength", PRELUDE_VALUE_LENGTH, 4, "u32"),
          new Field(
              "writeTime", PRELUDE_WRITE_TIME, 8, "i64: resolved, in milliseconds; 0 without"),
          new Field(
              "expiry", PRELUDE_EXPIRY, 8, "i64: resolved, in milliseconds; 2^63 − 1 without"));

  static final List<Field> FILLER_PRELUDE_LAYOUT =
      List.of(
          new Field("tableId", PRELUDE_TABLE, 4, "u32"),
          new Field("flags", PRELUDE_FLAGS, 1, "u8 = 16"),
          new Field("totalLength", FILLER_PRELUDE_LENGTH, 4, "u32"));

  private RecordFormat() {}

  static int writeDelta(long writeSeconds, long timeBaseMillis) {
    long delta = writeSeconds - Math.floorDiv(timeBaseMillis, 1000L);
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, delta));
  }

  static long writeTime(int delta, long timeBaseMillis) {
    return (Math.floorDiv(timeBaseMillis, 1000L) + delta) * 1000L;
  }

  static long expiryDelta(long expiresAtMillis, long timeBaseMillis) {
    if (expiresAtMillis <= timeBaseMillis) {
      return 0;
    }
    long delta = expiresAtMillis - timeBaseMillis;
    return delta < 0 ? MAXIMUM_DELTA : Math.min(delta, MAXIMUM_DELTA);
  }

  static void fillPrelude(
      byte[] prelude,
      int tableId,
      int flags,
      int codec,
      int dictionary,
      int keyLength,
      int valueLength,
      long writeTime,
      long expiry) {
    LittleEndian.putInt(prelude, PRELUDE_TABLE, tableId);
    prelude[PRELUDE_FLAGS] = (byte) (flags & ~PADDED);
    prelude[PRELUDE_CODEC] = (byte) codec;
    LittleEndian.putInt(prelude, PRELUDE_DICTIONARY, dictionary);
    LittleEndian.putInt(prelude, PRELUDE_KEY_LENGTH, keyLength);
    LittleEndian.putInt(prelude, PRELUDE_VALUE_LENGTH, valueLength);
    LittleEndian.putLong(prelude, PRELUDE_WRITE_TIME, (flags & WRITE_TIME) == 0 ? 0 : writeTime);
    LittleEndian.putLong(prelude, PRELUDE_EXPIRY, expiry);
  }

  /** Computes the checksum of a filler; {@code prelude} is scratch of {@link #PRELUDE_BYTES}. */
  static int fillerCrc(Crc32c crc, byte[] prelude, int tableId, int totalLength) {
    LittleEndian.putInt(prelude, PRELUDE_TABLE, tableId);
    prelude[PRELUDE_FLAGS] = FILLER;
    LittleEndian.putInt(prelude, FILLER_PRELUDE_LENGTH, totalLength);
    crc.reset();
    crc.update(prelude, 0, FILLER_PRELUDE_BYTES);
    return crc.value();
  }
}
