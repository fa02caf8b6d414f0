// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import io.firn.cold.model.Address;
import java.util.List;

/**
 * The 64-byte header at the start of a segment file. Immutable.
 *
 * @param tableId the table that owns the segment
 * @param segment its number in the table, 1 to {@link Address#MAX_SEGMENT}
 * @param capacity largest size of the file in bytes
 * @param lsnBase what the LSN deltas of its records count from; a multiple of 8
 * @param timeBaseMillis what the times of its records count from, wall-clock
 * @param streamClass the lifetime class of its records, 0 to 65,535
 * @param pageBytes size of its pages
 */
public record SegmentHeader(
    int tableId,
    int segment,
    long capacity,
    long lsnBase,
    long timeBaseMillis,
    int streamClass,
    int pageBytes) {
  /** Size in bytes. */
  public static final int BYTES = PageLayout.SEGMENT_HEADER_BYTES;

  static final int MAGIC = 0x47455346;
  static final int VERSION = 1;

  private static final int AT_MAGIC = 0;
  private static final int AT_VERSION = 4;
  private static final int AT_RESERVED = 6;
  private static final int AT_TABLE = 8;
  private static final int AT_SEGMENT = 12;
  private static final int AT_CAPACITY = 16;
  private static final int AT_LSN = 24;
  private static final int AT_TIME = 32;
  private static final int AT_STREAM = 40;
  private static final int AT_RESERVED_2 = 42;
  private static final int AT_PAGE_BYTES = 44;
  private static final int AT_CRC = 48;
  private static final int AT_ZEROS = 52;

  static final List<Field> LAYOUT =
      List.of(
          new Field("magic", AT_MAGIC, 4, "\"FSEG\""),
          new Field("version", AT_VERSION, 2, "u16 = 1"),
          new Field("reserved", AT_RESERVED, 2, "0"),
          new Field("tableId", AT_TABLE, 4, "u32"),
          new Field("segment", AT_SEGMENT, 4, "u32, 1 to 2^23 − 1"),
          new Field("capacity", AT_CAPACITY, 8, "u64: largest size of the file in bytes"),
          new Field("lsnBase", AT_LSN, 8, "u64, a multiple of 8: LSN deltas count from here"),
          new Field("timeBaseMillis", AT_TIME, 8, "i64: times of records count from here"),
          new Field("streamClass", AT_STREAM, 2, "u16"),
          new Field("reserved", AT_RESERVED_2, 2, "0"),
          new Field("pageBytes", AT_PAGE_BYTES, 4, "u32, 512 to 65,536"),
          new Field("crc", AT_CRC, 4, "CRC32C of bytes 0 to 47"),
          new Field("zeros", AT_ZEROS, BYTES - AT_ZEROS, "0"));

  /** Writes the header into the first 64 bytes of an array. */
  public void encode(byte[] target) {
    LittleEndian.putInt(target, AT_MAGIC, MAGIC);
    LittleEndian.putInt(target, AT_VERSION, VERSION);
    LittleEndian.putInt(target, AT_TABLE, tableId);
    LittleEndian.putInt(target, AT_SEGMENT, segment);
    LittleEndian.putLong(target, AT_CAPACITY, capacity);
    LittleEndian.putLong(target, AT_LSN, lsnBase);
    LittleEndian.putLong(target, AT_TIME, timeBaseMillis);
    LittleEndian.putInt(target, AT_STREAM, streamClass & 0xFFFF);
    LittleEndian.putInt(target, AT_PAGE_BYTES, pageBytes);
    LittleEndian.putInt(target, AT_CRC, Crc32c.of(target, 0, AT_CRC));
    LittleEndian.putInt(target, AT_ZEROS, 0);
    LittleEndian.putLong(target, AT_ZEROS + 4, 0);
  }

  /**
   * Reads the header from the first 64 bytes of an array.
   *
   * @throws CorruptBytesException if they are no segment header
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  public static SegmentHeader decode(byte[] bytes, String resource) throws CorruptBytesException {
    Headers.checkLength(bytes, 0, BYTES, resource);
    Headers.checkMagic(bytes, AT_MAGIC, MAGIC, resource);
    Headers.checkLeadingCrc(bytes, AT_CRC, resource);
    Headers.checkVersion(LittleEndian.getShort(bytes, AT_VERSION), VERSION, AT_VERSION, resource);
    Headers.checkZeros(bytes, AT_RESERVED, AT_TABLE, resource);
    Headers.checkZeros(bytes, AT_RESERVED_2, AT_PAGE_BYTES, resource);
    Headers.checkZeros(bytes, AT_ZEROS, BYTES, resource);
    SegmentHeader header =
        new SegmentHeader(
            LittleEndian.getInt(bytes, AT_TABLE),
            LittleEndian.getInt(bytes, AT_SEGMENT),
            LittleEndian.getLong(bytes, AT_CAPACITY),
            LittleEndian.getLong(bytes, AT_LSN),
            LittleEndian.getLong(bytes, AT_TIME),
            LittleEndian.getShort(bytes, AT_STREAM),
            LittleEndian.getInt(bytes, AT_PAGE_BYTES));
    header.check(resource);
    return header;
  }

  private void check(String resource) throws CorruptBytesException {
    Headers.check(tableId >= 0, resource, AT_TABLE, "tableId", tableId);
    Headers.check(
        segment >= 1 && segment <= Address.MAX_SEGMENT, resource, AT_SEGMENT, "segment", segment);
    Headers.check(
        capacity > 0 && capacity <= Address.MAX_SEGMENT_BYTES,
        resource,
        AT_CAPACITY,
        "capacity",
        capacity);
    Headers.check(lsnBase >= 0 && lsnBase % 8 == 0, resource, AT_LSN, "lsnBase", lsnBase);
    Headers.check(
        pageBytes >= PageLayout.MINIMUM_PAGE_BYTES && pageBytes <= PageLayout.MAXIMUM_PAGE_BYTES,
        resource,
        AT_PAGE_BYTES,
        "pageBytes",
        pageBytes);
  }
}
