// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.List;

/**
 * The 32-byte header of a page, decoded and verified. In page 0 it stands behind the segment
 * header. Immutable.
 *
 * @param pageNumber 0 for the first page of the segment
 * @param flags {@link #CONTINUED}, {@link #SEALED}
 * @param recordCount how many records start in this page
 * @param bytesUsed how many bytes behind the header belong to records
 * @param firstRecordOffset offset in the page of the first record that starts here, 0 = none
 */
public record PageHeader(
    int pageNumber, int flags, int recordCount, int bytesUsed, int firstRecordOffset) {
  /** Flag: the page begins inside a record that started in an earlier one. */
  public static final int CONTINUED = 1;

  /** Flag: the page is complete. */
  public static final int SEALED = 2;

  /** Size in bytes. */
  public static final int BYTES = PageLayout.PAGE_HEADER_BYTES;

  static final int MAGIC = 0x47415046;
  static final int VERSION = 1;
  private static final int KNOWN_FLAGS = CONTINUED | SEALED;

  private static final int AT_MAGIC = 0;
  private static final int AT_VERSION = 4;
  private static final int AT_FLAGS = 5;
  private static final int AT_RESERVED = 6;
  private static final int AT_NUMBER = 8;
  private static final int AT_COUNT = 12;
  private static final int AT_USED = 16;
  private static final int AT_FIRST = 20;
  private static final int AT_CRC = 24;
  private static final int AT_TAIL = 28;

  static final List<Field> LAYOUT =
      List.of(
          new Field("magic", AT_MAGIC, 4, "\"FPAG\""),
          new Field("version", AT_VERSION, 1, "u8 = 1"),
          new Field("flags", AT_FLAGS, 1, "u8: 1 CONTINUED, 2 SEALED"),
          new Field("reserved", AT_RESERVED, 2, "0"),
          new Field("pageNumber", AT_NUMBER, 4, "u32"),
          new Field("recordCount", AT_COUNT, 4, "u32: records that start in this page"),
          new Field("bytesUsed", AT_USED, 4, "u32: bytes after the header that belong to records"),
          new Field(
              "firstRecordOffset", AT_FIRST, 4, "u32: offset in the page of the first, 0 = none"),
          new Field("crc", AT_CRC, 4, "CRC32C of bytes 0 to 23, then of the used bytes"),
          new Field("reserved", AT_TAIL, 4, "0"));

  /**
   * Writes the header in front of the used bytes, which must be in place, and computes the
   * checksum.
   *
   * @param page an array that holds the header and the used bytes behind it
   * @param offset where the header stands in the array
   */
  public static void write(
      byte[] page,
      int offset,
      int pageNumber,
      int flags,
      int recordCount,
      int bytesUsed,
      int firstRecordOffset) {
    LittleEndian.putInt(page, offset + AT_MAGIC, MAGIC);
    LittleEndian.putInt(page, offset + AT_VERSION, VERSION | (flags << 8));
    LittleEndian.putInt(page, offset + AT_NUMBER, pageNumber);
    LittleEndian.putInt(page, offset + AT_COUNT, recordCount);
    LittleEndian.putInt(page, offset + AT_USED, bytesUsed);
    LittleEndian.putInt(page, offset + AT_FIRST, firstRecordOffset);
    LittleEndian.putInt(page, offset + AT_CRC, crc(page, offset, bytesUsed));
    LittleEndian.putInt(page, offset + AT_TAIL, 0);
  }

  /**
   * Reads a header and verifies it together with the used bytes behind it.
   *
   * @param page an array that holds the page from its header on
   * @param offset where the header stands in the array
   * @param pageBytes size of a page
   * @param resource names the page in messages
   * @throws CorruptBytesException if the bytes are no page
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  public static PageHeader read(byte[] page, int offset, int pageBytes, String resource)
      throws CorruptBytesException {
    Headers.checkLength(page, offset, BYTES, resource);
    Headers.checkMagic(page, offset + AT_MAGIC, MAGIC, resource);
    int number = LittleEndian.getInt(page, offset + AT_NUMBER);
    int used = LittleEndian.getInt(page, offset + AT_USED);
    int headers = number == 0 ? BYTES + PageLayout.SEGMENT_HEADER_BYTES : BYTES;
    int room = Math.min(pageBytes - headers, page.length - offset - BYTES);
    Headers.check(used >= 0 && used <= room, resource, offset + AT_USED, "bytesUsed", used);
    Headers.checkCrc(
        LittleEndian.getInt(page, offset + AT_CRC),
        crc(page, offset, used),
        offset + AT_CRC,
        resource);
    int version = LittleEndian.getByte(page, offset + AT_VERSION);
    Headers.checkVersion(version, VERSION, offset + AT_VERSION, resource);
    Headers.checkZeros(page, offset + AT_RESERVED, offset + AT_NUMBER, resource);
    Headers.checkZeros(page, offset + AT_TAIL, offset + BYTES, resource);
    return checked(page, offset, number, used, headers, resource);
  }

  /**
   * Computes the checksum of a page again after its records were changed.
   *
   * @param page an array that ends with the page
   * @param offset where the header stands in the array
   * @return false if there is no header of this page
   */
  public static boolean renew(byte[] page, int offset, int pageNumber) {
    int used = LittleEndian.getInt(page, offset + AT_USED);
    if (LittleEndian.getInt(page, offset + AT_MAGIC) != MAGIC
        || LittleEndian.getInt(page, offset + AT_NUMBER) != pageNumber
        || used < 0
        || used > page.length - offset - BYTES) {
      return false;
    }
    LittleEndian.putInt(page, offset + AT_CRC, crc(page, offset, used));
    return true;
  }

  private static PageHeader checked(
      byte[] page, int offset, int number, int used, int headers, String resource)
      throws CorruptBytesException {
    int flags = LittleEndian.getByte(page, offset + AT_FLAGS);
    int count = LittleEndian.getInt(page, offset + AT_COUNT);
    int first = LittleEndian.getInt(page, offset + AT_FIRST);
    Headers.check(
        (flags & ~KNOWN_FLAGS) == 0, resource, offset + AT_FLAGS, "the set of flags", flags);
    Headers.check(number >= 0, resource, offset + AT_NUMBER, "pageNumber", number);
    Headers.check(count >= 0 && count <= used, resource, offset + AT_COUNT, "recordCount", count);
    Headers.check(
        count == 0 ? first == 0 : first >= headers && first - headers < used,
        resource,
        offset + AT_FIRST,
        "firstRecordOffset",
        first);
    return new PageHeader(number, flags, count, used, first);
  }

  private static int crc(byte[] page, int offset, int bytesUsed) {
    Crc32c crc = new Crc32c();
    crc.update(page, offset, AT_CRC);
    crc.update(page, offset + BYTES, bytesUsed);
    return crc.value();
  }
}
