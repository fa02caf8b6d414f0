// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.List;

/**
 * The 64-byte header of a slot in an index file: one snapshot of one partition, whose entries {hash
 * u64, word u64} follow without gaps. Immutable.
 *
 * @param tableId the table
 * @param prefix the leading {@code bits} bits that the hashes of the partition share, right-aligned
 * @param bits 0 to 31
 * @param number of the snapshot; higher is newer
 * @param lsn the snapshot holds exactly the frames below it
 * @param entryCount how many entries follow
 */
public record SlotHeader(int tableId, int prefix, int bits, long number, long lsn, int entryCount) {
  /** Size of the header in bytes. */
  public static final int SLOT_HEADER_BYTES = 64;

  /** Size of an entry in bytes: hash u64, then address word u64. */
  public static final int ENTRY_BYTES = 16;

  /** Most entries that a slot can hold. */
  public static final int MAXIMUM_ENTRIES =
      (Integer.MAX_VALUE - SLOT_HEADER_BYTES - 8) / ENTRY_BYTES;

  static final int MAGIC = 0x58444946;
  static final int VERSION = 1;
  static final int MAXIMUM_BITS = 31;

  private static final int AT_MAGIC = 0;
  private static final int AT_VERSION = 4;
  private static final int AT_ENTRY_BYTES = 6;
  private static final int AT_TABLE = 8;
  private static final int AT_PREFIX = 12;
  private static final int AT_BITS = 16;
  private static final int AT_RESERVED = 17;
  private static final int AT_NUMBER = 20;
  private static final int AT_LSN = 28;
  private static final int AT_COUNT = 36;
  private static final int AT_CRC = 40;
  private static final int AT_ZEROS = 44;

  static final List<Field> LAYOUT =
      List.of(
          new Field("magic", AT_MAGIC, 4, "\"FIDX\""),
          new Field("version", AT_VERSION, 2, "u16 = 1"),
          new Field("entryBytes", AT_ENTRY_BYTES, 2, "u16 = 16"),
          new Field("tableId", AT_TABLE, 4, "u32"),
          new Field("prefix", AT_PREFIX, 4, "u32: leading bits of the hashes, right-aligned"),
          new Field("bits", AT_BITS, 1, "u8, 0 to 31: how many leading bits"),
          new Field("reserved", AT_RESERVED, 3, "0"),
          new Field("number", AT_NUMBER, 8, "u64: number of the snapshot, higher is newer"),
          new Field("lsn", AT_LSN, 8, "u64: the snapshot holds exactly the frames below it"),
          new Field("entryCount", AT_COUNT, 4, "u32: how many entries follow the header"),
          new Field(
              "crc", AT_CRC, 4, "CRC32C of the header with this field as 0, then the entries"),
          new Field("zeros", AT_ZEROS, SLOT_HEADER_BYTES - AT_ZEROS, "0"));

  static final List<Field> ENTRY_LAYOUT =
      List.of(
          new Field("hash", 0, 8, "u64: keyed hash of the key"),
          new Field("word", 8, 8, "u64: the record's address, never 0"));

  /** Returns the size of the slot's used bytes: the header and its entries. */
  public long slotBytes() {
    return SLOT_HEADER_BYTES + (long) entryCount * ENTRY_BYTES;
  }

  /**
   * Writes the header into the first 64 bytes of an array. The entries may stand in the same array
   * or in another one.
   *
   * @throws IllegalArgumentException if {@code length} is not that of {@code entryCount} entries
   */
  public void encode(byte[] header, byte[] entries, int offset, int length) {
    if (length != slotBytes() - SLOT_HEADER_BYTES) {
      throw new IllegalArgumentException(length + " bytes for " + entryCount + " entries");
    }
    LittleEndian.putInt(header, AT_MAGIC, MAGIC);
    LittleEndian.putInt(header, AT_VERSION, VERSION | (ENTRY_BYTES << 16));
    LittleEndian.putInt(header, AT_TABLE, tableId);
    LittleEndian.putInt(header, AT_PREFIX, prefix);
    LittleEndian.putInt(header, AT_BITS, bits);
    LittleEndian.putLong(header, AT_NUMBER, number);
    LittleEndian.putLong(header, AT_LSN, lsn);
    LittleEndian.putInt(header, AT_COUNT, entryCount);
    LittleEndian.putInt(header, AT_CRC, 0);
    for (int at = AT_ZEROS; at < SLOT_HEADER_BYTES; at += Integer.BYTES) {
      LittleEndian.putInt(header, at, 0);
    }
    LittleEndian.putInt(header, AT_CRC, crc(header, entries, offset, length));
  }

  /**
   * Reads the header from the first 64 bytes of an array. The checksum is left to {@link #verify},
   * because it covers the entries, whose number is known only now.
   *
   * @throws CorruptBytesException if they are no slot header
   */
  public static SlotHeader decode(byte[] header, String resource) throws CorruptBytesException {
    Headers.checkLength(header, 0, SLOT_HEADER_BYTES, resource);
    Headers.checkMagic(header, AT_MAGIC, MAGIC, resource);
    SlotHeader slot =
        new SlotHeader(
            LittleEndian.getInt(header, AT_TABLE),
            LittleEndian.getInt(header, AT_PREFIX),
            LittleEndian.getByte(header, AT_BITS),
            LittleEndian.getLong(header, AT_NUMBER),
            LittleEndian.getLong(header, AT_LSN),
            LittleEndian.getInt(header, AT_COUNT));
    Headers.check(
        slot.entryCount >= 0 && slot.entryCount <= MAXIMUM_ENTRIES,
        resource,
        AT_COUNT,
        "entryCount",
        slot.entryCount);
    return slot;
  }

  /**
   * Verifies the header and its entries, as read; the entries may stand in the same array as the
   * header or in another one.
   *
   * @throws CorruptBytesException if the checksum does not hold or a field is impossible
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  public void verify(byte[] header, byte[] entries, int offset, int length, String resource)
      throws CorruptBytesException {
    Headers.check(
        length == slotBytes() - SLOT_HEADER_BYTES, resource, AT_COUNT, "entryCount", entryCount);
    Headers.checkLength(entries, offset, length, resource);
    Headers.checkCrc(
        LittleEndian.getInt(header, AT_CRC),
        crc(header, entries, offset, length),
        AT_CRC,
        resource);
    Headers.checkVersion(LittleEndian.getShort(header, AT_VERSION), VERSION, AT_VERSION, resource);
    int entryBytes = LittleEndian.getShort(header, AT_ENTRY_BYTES);
    Headers.check(entryBytes == ENTRY_BYTES, resource, AT_ENTRY_BYTES, "entryBytes", entryBytes);
    Headers.checkZeros(header, AT_RESERVED, AT_NUMBER, resource);
    Headers.checkZeros(header, AT_ZEROS, SLOT_HEADER_BYTES, resource);
    Headers.check(
        isPrefix(prefix, bits), resource, AT_PREFIX, "prefix with " + bits + " bits", prefix);
    Headers.check(lsn >= 0 && lsn % 8 == 0, resource, AT_LSN, "lsn", lsn);
  }

  static boolean isPrefix(int prefix, int bits) {
    return bits >= 0 && bits <= MAXIMUM_BITS && prefix >>> bits == 0;
  }

  private static int crc(byte[] header, byte[] entries, int offset, int length) {
    byte[] cleared = new byte[SLOT_HEADER_BYTES];
    System.arraycopy(header, 0, cleared, 0, SLOT_HEADER_BYTES);
    LittleEndian.putInt(cleared, AT_CRC, 0);
    Crc32c crc = new Crc32c();
    crc.update(cleared, 0, SLOT_HEADER_BYTES);
    crc.update(entries, offset, length);
    return crc.value();
  }
}
