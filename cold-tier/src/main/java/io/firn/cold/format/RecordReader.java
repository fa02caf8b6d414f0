// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads one record at a time from a private buffer and verifies it. The accessors hold for the last
 * record that {@link #wrap} answered with {@link Verdict#OK}. Reusable; not thread-safe.
 */
public final class RecordReader {
  /** What the bytes are. */
  public enum Verdict {
    /** A record whose checksum holds. */
    OK,
    /** No record, or a damaged one, or one that does not end inside the bytes available. */
    DAMAGED,
    /** A filler: only {@link RecordReader#totalBytes} means something. */
    FILLER
  }

  private final Crc32c checksum = new Crc32c();
  private final byte[] prelude = new byte[RecordFormat.PRELUDE_BYTES];
  private byte[] bytes = new byte[0];
  private int flags;
  private int totalBytes;
  private int crc;
  private long lsn;
  private int codec;
  private int dictionary;
  private long writeTimeMillis;
  private long expiresAtMillis;
  private int attributesOffset;
  private int attributesLength;
  private int keyOffset;
  private int keyLength;
  private int valueOffset;
  private int valueLength;

  /** Creates a reader. */
  public RecordReader() {}

  /**
   * Decodes and verifies the record at an offset. Any bytes give a verdict.
   *
   * @param buffer private memory, page headers removed; kept until the next call
   * @param available bytes from {@code offset} on that may belong to the record
   * @param lsnBase of the record's segment
   * @param timeBaseMillis of the record's segment
   * @throws IndexOutOfBoundsException if the range is not inside the buffer
   */
  public Verdict wrap(
      byte[] buffer, int offset, int available, int tableId, long lsnBase, long timeBaseMillis) {
    Objects.checkFromIndexSize(offset, available, buffer.length);
    totalBytes = 0;
    if (available < RecordFormat.MINIMUM_BYTES) {
      return Verdict.DAMAGED;
    }
    bytes = buffer;
    flags = buffer[offset + RecordFormat.AT_FLAGS] & 0xFF;
    int at = offset + RecordFormat.AT_TOTAL_LENGTH;
    int total = Varint.get(buffer, at, offset + available);
    if (total < RecordFormat.MINIMUM_BYTES
        || total > available
        || (flags & ~RecordFormat.KNOWN_FLAGS) != 0) {
      return Verdict.DAMAGED;
    }
    crc = LittleEndian.getInt(buffer, offset + RecordFormat.AT_CRC);
    long delta = LittleEndian.getSignedInt40(buffer, offset + RecordFormat.AT_LSN_DELTA);
    if ((flags & RecordFormat.FILLER) != 0) {
      return wrapFiller(tableId, total, delta);
    }
    lsn = lsnBase + delta * RecordFormat.LSN_UNIT;
    boolean intact =
        parse(at + Varint.length(total), offset + total, timeBaseMillis) && verify(tableId);
    totalBytes = intact ? total : 0;
    return intact ? Verdict.OK : Verdict.DAMAGED;
  }

  /**
   * Returns the length that a record or filler says it has, without looking at anything else; 0 if
   * the bytes hold none.
   */
  public static int peekTotalBytes(byte[] buffer, int offset, int available) {
    int at = offset + RecordFormat.AT_TOTAL_LENGTH;
    int total =
        available < RecordFormat.MINIMUM_BYTES ? 0 : Varint.get(buffer, at, offset + available);
    return Math.max(total, 0);
  }

  /** Returns the LSN at which the record was written. */
  public long lsn() {
    return lsn;
  }

  /** Returns the record's checksum, which its log frame repeats. */
  public int crc() {
    return crc;
  }

  /** Returns the length of the record or filler, padding included; 0 after {@code DAMAGED}. */
  public int totalBytes() {
    return totalBytes;
  }

  /** Returns the index of the key in the buffer. */
  public int keyOffset() {
    return keyOffset;
  }

  /** Returns the key's length in bytes. */
  public int keyLength() {
    return keyLength;
  }

  /** Returns the index of the value in the buffer. */
  public int valueOffset() {
    return valueOffset;
  }

  /** Returns the value's length in bytes, as its codec left it. */
  public int valueLength() {
    return valueLength;
  }

  /** Returns the index of the encoded attributes in the buffer. */
  public int attributesOffset() {
    return attributesOffset;
  }

  /** Returns the length of the encoded attributes in bytes, 0 = none. */
  public int attributesLength() {
    return attributesLength;
  }

  /** Returns how the value is compressed, 0 = not at all. */
  public int codec() {
    return codec;
  }

  /** Returns the dictionary with which the value is compressed, 0 = none. */
  public int dictionary() {
    return dictionary;
  }

  /** Returns the write time, in whole seconds, or {@link RecordWriter#NO_TIME}. */
  public long writeTimeMillis() {
    return writeTimeMillis;
  }

  /** Returns the wall-clock time of expiry, or {@link RecordWriter#NEVER}. */
  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** Tells whether the record's key equals the first {@code length} bytes of an array. */
  public boolean keyEquals(byte[] key, int length) {
    return length == keyLength
        && Arrays.equals(bytes, keyOffset, keyOffset + keyLength, key, 0, length);
  }

  private Verdict wrapFiller(int tableId, int total, long delta) {
    boolean intact =
        flags == RecordFormat.FILLER
            && delta == 0
            && crc == RecordFormat.fillerCrc(checksum, prelude, tableId, total);
    totalBytes = intact ? total : 0;
    return intact ? Verdict.FILLER : Verdict.DAMAGED;
  }

  /** Finds the parts between the total length and {@code end}; false if they do not fit. */
  private boolean parse(int start, int end, long timeBaseMillis) {
    int at = start;
    keyLength = Varint.get(bytes, at, end);
    if (keyLength == Varint.NONE) {
      return false;
    }
    at = parseTimes(at + Varint.length(keyLength), end, timeBaseMillis);
    at = at < 0 ? at : parseCodec(at, end);
    at = at < 0 ? at : parseAttributes(at, end);
    int padding = 0;
    if (at >= 0 && (flags & RecordFormat.PADDED) != 0) {
      padding = Varint.getPadded(bytes, at, end);
      at = padding == Varint.NONE ? -1 : at + Varint.width(bytes, at);
    }
    if (at < 0 || (long) keyLength + padding > end - at) {
      return false;
    }
    keyOffset = at;
    valueOffset = at + keyLength;
    valueLength = end - padding - valueOffset;
    return true;
  }

  private int parseTimes(int start, int end, long timeBaseMillis) {
    int at = start;
    writeTimeMillis = RecordWriter.NO_TIME;
    expiresAtMillis = RecordWriter.NEVER;
    if ((flags & RecordFormat.WRITE_TIME) != 0) {
      if (end - at < RecordFormat.WRITE_TIME_BYTES) {
        return -1;
      }
      writeTimeMillis = RecordFormat.writeTime(LittleEndian.getInt(bytes, at), timeBaseMillis);
      at += RecordFormat.WRITE_TIME_BYTES;
    }
    if ((flags & RecordFormat.EXPIRY) != 0) {
      if (end - at < RecordFormat.EXPIRY_BYTES) {
        return -1;
      }
      expiresAtMillis = timeBaseMillis + LittleEndian.getInt40(bytes, at);
      at += RecordFormat.EXPIRY_BYTES;
    }
    return at;
  }

  private int parseCodec(int at, int end) {
    codec = 0;
    dictionary = 0;
    if ((flags & RecordFormat.CODEC) == 0) {
      return at;
    }
    int read = Varint.get(bytes, at + 1, end);
    if (read == Varint.NONE) {
      return -1;
    }
    codec = LittleEndian.getByte(bytes, at);
    dictionary = read;
    return at + 1 + Varint.length(read);
  }

  private int parseAttributes(int at, int end) {
    attributesOffset = at;
    attributesLength = 0;
    if ((flags & RecordFormat.ATTRIBUTES) == 0) {
      return at;
    }
    int length = Varint.get(bytes, at, end);
    if (length == Varint.NONE || length > end - at - Varint.length(length)) {
      return -1;
    }
    attributesOffset = at + Varint.length(length);
    attributesLength = length;
    return attributesOffset + length;
  }

  private boolean verify(int tableId) {
    RecordFormat.fillPrelude(
        prelude,
        tableId,
        flags,
        codec,
        dictionary,
        keyLength,
        valueLength,
        writeTimeMillis,
        expiresAtMillis);
    checksum.reset();
    checksum.update(prelude, 0, RecordFormat.PRELUDE_BYTES);
    if (attributesLength != 0) {
      checksum.update(bytes, attributesOffset, attributesLength);
    }
    checksum.update(bytes, keyOffset, keyLength + valueLength);
    checksum.updateLong(lsn);
    return checksum.value() == crc;
  }
}
