// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.List;

/**
 * The 64-byte header at the start of a log segment. The LSN of a frame is {@code baseLsn} plus its
 * file offset minus 64. Immutable.
 *
 * @param sequence number of the log segment, also in its file name
 * @param salt random; seeds the checksum of every frame in the segment
 * @param baseLsn LSN of the first frame; a multiple of 8
 * @param previousEndLsn LSN at which the history before this segment ended
 * @param capacity size of the file in bytes
 */
public record LogSegmentHeader(
    long sequence, long salt, long baseLsn, long previousEndLsn, long capacity) {
  /** Size in bytes; the first frame follows. */
  public static final int BYTES = 64;

  static final int MAGIC = 0x4C415746;
  static final int VERSION = 1;

  private static final int AT_MAGIC = 0;
  private static final int AT_VERSION = 4;
  private static final int AT_RESERVED = 6;
  private static final int AT_SEQUENCE = 8;
  private static final int AT_SALT = 16;
  private static final int AT_BASE = 24;
  private static final int AT_PREVIOUS = 32;
  private static final int AT_CAPACITY = 40;
  private static final int AT_CRC = 48;
  private static final int AT_ZEROS = 52;

  static final List<Field> LAYOUT =
      List.of(
          new Field("magic", AT_MAGIC, 4, "\"FWAL\""),
          new Field("version", AT_VERSION, 2, "u16 = 1"),
          new Field("reserved", AT_RESERVED, 2, "0"),
          new Field("sequence", AT_SEQUENCE, 8, "u64: number of the log segment"),
          new Field("salt", AT_SALT, 8, "u64, random: seeds the checksum of every frame"),
          new Field("baseLsn", AT_BASE, 8, "u64: LSN of the first frame, at file offset 64"),
          new Field(
              "previousEndLsn", AT_PREVIOUS, 8, "u64: LSN at which the history before it ended"),
          new Field("capacity", AT_CAPACITY, 8, "u64: size of the file in bytes"),
          new Field("crc", AT_CRC, 4, "CRC32C of bytes 0 to 47"),
          new Field("zeros", AT_ZEROS, BYTES - AT_ZEROS, "0"));

  /** Writes the header into the first 64 bytes of an array. */
  public void encode(byte[] target) {
    LittleEndian.putInt(target, AT_MAGIC, MAGIC);
    LittleEndian.putInt(target, AT_VERSION, VERSION);
    LittleEndian.putLong(target, AT_SEQUENCE, sequence);
    LittleEndian.putLong(target, AT_SALT, salt);
    LittleEndian.putLong(target, AT_BASE, baseLsn);
    LittleEndian.putLong(target, AT_PREVIOUS, previousEndLsn);
    LittleEndian.putLong(target, AT_CAPACITY, capacity);
    LittleEndian.putInt(target, AT_CRC, Crc32c.of(target, 0, AT_CRC));
    LittleEndian.putInt(target, AT_ZEROS, 0);
    LittleEndian.putLong(target, AT_ZEROS + 4, 0);
  }

  /**
   * Reads the header from the first 64 bytes of an array.
   *
   * @throws CorruptBytesException if they are no log segment header
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  public static LogSegmentHeader decode(byte[] bytes, String resource)
      throws CorruptBytesException {
    Headers.checkLength(bytes, 0, BYTES, resource);
    Headers.checkMagic(bytes, AT_MAGIC, MAGIC, resource);
    Headers.checkLeadingCrc(bytes, AT_CRC, resource);
    Headers.checkVersion(LittleEndian.getShort(bytes, AT_VERSION), VERSION, AT_VERSION, resource);
    Headers.checkZeros(bytes, AT_RESERVED, AT_SEQUENCE, resource);
    Headers.checkZeros(bytes, AT_ZEROS, BYTES, resource);
    LogSegmentHeader header =
        new LogSegmentHeader(
            LittleEndian.getLong(bytes, AT_SEQUENCE),
            LittleEndian.getLong(bytes, AT_SALT),
            LittleEndian.getLong(bytes, AT_BASE),
            LittleEndian.getLong(bytes, AT_PREVIOUS),
            LittleEndian.getLong(bytes, AT_CAPACITY));
    header.check(resource);
    return header;
  }

  private void check(String resource) throws CorruptBytesException {
    Headers.check(sequence >= 0, resource, AT_SEQUENCE, "sequence", sequence);
    Headers.check(baseLsn >= 0 && baseLsn % 8 == 0, resource, AT_BASE, "baseLsn", baseLsn);
    Headers.check(
        previousEndLsn >= 0 && previousEndLsn <= baseLsn,
        resource,
        AT_PREVIOUS,
        "previousEndLsn",
        previousEndLsn);
    Headers.check(capacity >= BYTES, resource, AT_CAPACITY, "capacity", capacity);
  }
}
