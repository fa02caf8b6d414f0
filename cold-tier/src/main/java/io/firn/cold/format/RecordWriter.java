// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Builds a record in its own buffer, in the order in which the facts become known: {@link #encode}
 * when key and value are, {@link #pad} when the place is, {@link #rebase} when the segment is, and
 * {@link #complete}, under the append lock, when the LSN is. Reusable; not thread-safe.
 *
 * <p>Until {@link #complete} the first {@link #HEAD_BYTES} bytes are unspecified; it changes no
 * others. So the rest may be copied into the extent before the lock is taken.
 */
public final class RecordWriter {
  /** As a write time: none. */
  public static final long NO_TIME = Long.MIN_VALUE;

  /** As an expiry: never. */
  public static final long NEVER = Long.MAX_VALUE;

  /** How many bytes at the start of the record {@link #complete} sets. */
  public static final int HEAD_BYTES = RecordFormat.AT_FLAGS;

  /** Largest record in bytes. */
  public static final int MAXIMUM_BYTES = 1 << 29;

  private static final int RETAINED_BYTES = 1 << 20;
  private static final int INITIAL_BYTES = 4096;

  private final Crc32c crc = new Crc32c();
  private final byte[] prelude = new byte[RecordFormat.PRELUDE_BYTES];
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int length;
  private int tableId;
  private int flags;
  private int codec;
  private int dictionary;
  private int keyLength;
  private int valueLength;
  private long writeSeconds;
  private long expiresAtMillis;
  private int timesOffset;
  private int attributesOffset;
  private int attributesLength;
  private int keyOffset;
  private long lsnBase;
  private boolean rebased;
  private int recordCrc;

  /** Creates a writer with a small buffer, which grows with the records and shrinks again. */
  public RecordWriter() {}

  /**
   * Builds a record; the caller's arrays are copied.
   *
   * @param codec 0 to 255; how the value is compressed
   * @param dictionary 0 = none
   * @param writeTimeMillis wall-clock, kept in whole seconds, or {@link #NO_TIME}
   * @param expiresAtMillis wall-clock, or {@link #NEVER}
   * @param attributes encoded attributes; {@code null} and an empty array both mean none
   * @return the record's length in bytes
   * @throws IllegalArgumentException if the record would be larger than {@link #MAXIMUM_BYTES}, or
   *     codec or dictionary are out of range
   */
  public int encode(
      int tableId,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueOffset,
      int valueLength,
      int codec,
      int dictionary,
      long writeTimeMillis,
      long expiresAtMillis,
      byte @Nullable [] attributes) {
    if (codec < 0 || codec > 0xFF || dictionary < 0) {
      throw new IllegalArgumentException("codec " + codec + ", dictionary " + dictionary);
    }
    this.tableId = tableId;
    this.codec = codec;
    this.dictionary = dictionary;
    this.keyLength = keyLength;
    this.valueLength = valueLength;
    this.writeSeconds = Math.floorDiv(writeTimeMillis, 1000L);
    this.expiresAtMillis = expiresAtMillis;
    this.attributesLength = attributes == null ? 0 : attributes.length;
    this.rebased = false;
    boolean timed = writeTimeMillis != NO_TIME;
    flags =
        (timed ? RecordFormat.WRITE_TIME : 0)
            | (expiresAtMillis != NEVER ? RecordFormat.EXPIRY : 0)
            | ((codec | dictionary) != 0 ? RecordFormat.CODEC : 0)
            | (attributesLength != 0 ? RecordFormat.ATTRIBUTES : 0);
    length = lengthOf(flags, keyLength, valueLength, dictionary, attributesLength);
    ensureCapacity(length);
    writeHead(attributes);
    System.arraycopy(key, 0, bytes, keyOffset, keyLength);
    System.arraycopy(value, valueOffset, bytes, keyOffset + keyLength, valueLength);
    return length;
  }

  /**
   * Returns the length that {@link #encode} would give.
   *
   * @throws IllegalArgumentException if the record would be larger than {@link #MAXIMUM_BYTES}
   */
  public static int encodedLength(
      int keyLength,
      int valueLength,
      int codec,
      int dictionary,
      long writeTimeMillis,
      long expiresAtMillis,
      int attributesLength) {
    int flags =
        (writeTimeMillis != NO_TIME ? RecordFormat.WRITE_TIME : 0)
            | (expiresAtMillis != NEVER ? RecordFormat.EXPIRY : 0)
            | ((codec | dictionary) != 0 ? RecordFormat.CODEC : 0);
    return lengthOf(flags, keyLength, valueLength, dictionary, attributesLength);
  }

  /** Returns the buffer; the record starts at 0. It is replaced by the next {@link #encode}. */
  public byte[] bytes() {
    return bytes;
  }

  /** Returns the record's length in bytes, padding included. */
  public int length() {
    return length;
  }

  /**
   * Makes the record longer by padding behind the value; the checksum does not cover it. At most
   * once per record.
   *
   * @throws IllegalArgumentException unless {@code newLength} is the length, or greater by 2 or
   *     more
   */
  public void pad(int newLength) {
    if (newLength == length) {
      return;
    }
    if (newLength < length + 2 || newLength > MAXIMUM_BYTES) {
      throw new IllegalArgumentException("padding from " + length + " to " + newLength + " bytes");
    }
    if ((flags & RecordFormat.PADDED) != 0) {
      throw new IllegalStateException("the record is padded already");
    }
    int oldWidth = Varint.length(length);
    int headShift = Varint.length(newLength) - oldWidth;
    int gap = newLength - length - headShift;
    int padWidth = 1;
    while (Varint.length(gap - padWidth) > padWidth) {
      padWidth++;
    }
    byte[] old = bytes;
    bytes = newLength > old.length ? new byte[capacityFor(newLength)] : old;
    int oldKeyOffset = keyOffset;
    shift(headShift, headShift + padWidth, old, oldWidth);
    int afterTotal = Varint.put(bytes, RecordFormat.AT_TOTAL_LENGTH, newLength);
    assert afterTotal == RecordFormat.AT_TOTAL_LENGTH + oldWidth + headShift;
    int afterPad = Varint.putPadded(bytes, oldKeyOffset + headShift, gap - padWidth, padWidth);
    int end = afterPad + keyLength + valueLength;
    Arrays.fill(bytes, end, newLength, (byte) 0);
    flags |= RecordFormat.PADDED;
    bytes[RecordFormat.AT_FLAGS] = (byte) flags;
    length = newLength;
  }

  /**
   * Fills in what depends on the segment, and computes the checksum but for the LSN. May be called
   * again for another segment.
   *
   * @param lsnBase of the segment; a multiple of 8
   * @param timeBaseMillis of the segment
   */
  public void rebase(long lsnBase, long timeBaseMillis) {
    this.lsnBase = lsnBase;
    int at = timesOffset;
    long writeTime = 0;
    if ((flags & RecordFormat.WRITE_TIME) != 0) {
      int delta = RecordFormat.writeDelta(writeSeconds, timeBaseMillis);
      LittleEndian.putInt(bytes, at, delta);
      writeTime = RecordFormat.writeTime(delta, timeBaseMillis);
      at += RecordFormat.WRITE_TIME_BYTES;
    }
    long expiry = NEVER;
    if ((flags & RecordFormat.EXPIRY) != 0) {
      long delta = RecordFormat.expiryDelta(expiresAtMillis, timeBaseMillis);
      LittleEndian.putInt40(bytes, at, delta);
      expiry = timeBaseMillis + delta;
    }
    RecordFormat.fillPrelude(
        prelude, tableId, flags, codec, dictionary, keyLength, valueLength, writeTime, expiry);
    crc.reset();
    crc.update(prelude, 0, RecordFormat.PRELUDE_BYTES);
    if (attributesLength != 0) {
      crc.update(bytes, attributesOffset, attributesLength);
    }
    crc.update(bytes, keyOffset, keyLength + valueLength);
    rebased = true;
  }

  /**
   * Sets the LSN and the checksum: the first {@link #HEAD_BYTES} bytes. Once per {@link #rebase}.
   *
   * @throws IllegalArgumentException if the LSN is no multiple of 8, below {@link #minimumLsn} or
   *     above {@link #maximumLsn}
   * @throws IllegalStateException if {@link #rebase} was not called before
   */
  public void complete(long lsn) {
    long delta = lsn - lsnBase;
    if ((delta & (RecordFormat.LSN_UNIT - 1)) != 0
        || delta / RecordFormat.LSN_UNIT < RecordFormat.MINIMUM_LSN_DELTA
        || delta / RecordFormat.LSN_UNIT > RecordFormat.MAXIMUM_LSN_DELTA) {
      throw new IllegalArgumentException("LSN " + lsn + " far from the base " + lsnBase);
    }
    if (!rebased) {
      throw new IllegalStateException("complete without rebase");
    }
    rebased = false;
    crc.updateLong(lsn);
    recordCrc = crc.value();
    LittleEndian.putInt(bytes, RecordFormat.AT_CRC, recordCrc);
    LittleEndian.putInt40(bytes, RecordFormat.AT_LSN_DELTA, delta / RecordFormat.LSN_UNIT);
  }

  /** Returns the checksum that {@link #complete} has set. */
  public int crc() {
    return recordCrc;
  }

  /** Returns the highest LSN that a record in a segment with this base can carry. */
  public static long maximumLsn(long lsnBase) {
    return lsnBase + RecordFormat.MAXIMUM_LSN_DELTA * RecordFormat.LSN_UNIT;
  }

  /** Returns the lowest LSN that a record in a segment with this base can carry. */
  public static long minimumLsn(long lsnBase) {
    return lsnBase + RecordFormat.MINIMUM_LSN_DELTA * RecordFormat.LSN_UNIT;
  }

  private static int lengthOf(
      int flags, int keyLength, int valueLength, int dictionary, int attributesLength) {
    long rest = RecordFormat.AT_TOTAL_LENGTH + (long) Varint.length(keyLength);
    rest += (flags & RecordFormat.WRITE_TIME) != 0 ? RecordFormat.WRITE_TIME_BYTES : 0;
    rest += (flags & RecordFormat.EXPIRY) != 0 ? RecordFormat.EXPIRY_BYTES : 0;
    rest += (flags & RecordFormat.CODEC) != 0 ? 1 + Varint.length(dictionary) : 0;
    rest += attributesLength != 0 ? Varint.length(attributesLength) + attributesLength : 0;
    rest += (long) keyLength + valueLength;
    if (keyLength < 0 || valueLength < 0 || rest > MAXIMUM_BYTES - Varint.MAX_BYTES) {
      throw new IllegalArgumentException(
          "key of " + keyLength + " bytes with a value of " + valueLength + " bytes");
    }
    int width = 1;
    while (Varint.length((int) rest + width) > width) {
      width++;
    }
    return (int) rest + width;
  }

  private void writeHead(byte @Nullable [] attributes) {
    bytes[RecordFormat.AT_FLAGS] = (byte) flags;
    int at = Varint.put(bytes, RecordFormat.AT_TOTAL_LENGTH, length);
    at = Varint.put(bytes, at, keyLength);
    timesOffset = at;
    at += (flags & RecordFormat.WRITE_TIME) != 0 ? RecordFormat.WRITE_TIME_BYTES : 0;
    at += (flags & RecordFormat.EXPIRY) != 0 ? RecordFormat.EXPIRY_BYTES : 0;
    if ((flags & RecordFormat.CODEC) != 0) {
      bytes[at++] = (byte) codec;
      at = Varint.put(bytes, at, dictionary);
    }
    if (attributes != null && attributesLength != 0) {
      at = Varint.put(bytes, at, attributesLength);
      System.arraycopy(attributes, 0, bytes, at, attributesLength);
      attributesOffset = at;
      at += attributesLength;
    }
    keyOffset = at;
  }

  /** Moves key and value, then what stands before them; the last first, as both move up. */
  private void shift(int headShift, int bodyShift, byte[] source, int totalWidth) {
    int head = RecordFormat.AT_TOTAL_LENGTH + totalWidth;
    System.arraycopy(source, keyOffset, bytes, keyOffset + bodyShift, keyLength + valueLength);
    System.arraycopy(source, head, bytes, head + headShift, keyOffset - head);
    System.arraycopy(source, 0, bytes, 0, RecordFormat.AT_TOTAL_LENGTH);
    timesOffset += headShift;
    attributesOffset += headShift;
    keyOffset += bodyShift;
  }

  private void ensureCapacity(int needed) {
    boolean oversized = bytes.length > RETAINED_BYTES && needed <= RETAINED_BYTES;
    if (needed > bytes.length || oversized) {
      bytes = new byte[capacityFor(needed)];
    }
  }

  private static int capacityFor(int needed) {
    return needed > RETAINED_BYTES
        ? needed
        : Math.max(INITIAL_BYTES, Integer.highestOneBit(needed - 1) << 1);
  }
}
