// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * Non-negative 31-bit integers in LEB128: seven bits a byte, the lowest first, the top bit set in
 * every byte but the last. Only the shortest encoding of a number is read; {@link #putPadded} and
 * {@link #getPadded} are the exception that lets a length take a chosen number of bytes.
 */
final class Varint {
  /** Longest encoding in bytes. */
  static final int MAX_BYTES = 5;

  /** What {@link #get} answers where no valid number stands. */
  static final int NONE = -1;

  private Varint() {}

  /** Returns how many bytes the shortest encoding of a number takes. */
  static int length(int value) {
    int length = 1;
    for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
      length++;
    }
    return length;
  }

  /** Stores a number and returns the offset after it. */
  static int put(byte[] bytes, int offset, int value) {
    return putPadded(bytes, offset, value, length(value));
  }

  /** Stores a number in exactly {@code width} bytes and returns the offset after it. */
  static int putPadded(byte[] bytes, int offset, int value, int width) {
    int rest = value;
    for (int i = 0; i < width - 1; i++) {
      bytes[offset + i] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[offset + width - 1] = (byte) rest;
    return offset + width;
  }

  /**
   * Returns the number at an offset, or {@link #NONE} if it does not end before {@code limit}, is
   * longer than needed, or is larger than an int.
   */
  static int get(byte[] bytes, int offset, int limit) {
    if (offset < limit && bytes[offset] >= 0) {
      return bytes[offset];
    }
    int value = getPadded(bytes, offset, limit);
    return value == NONE || length(value) != width(bytes, offset) ? NONE : value;
  }

  /** Like {@link #get}, but takes an encoding of up to five bytes that is longer than needed. */
  static int getPadded(byte[] bytes, int offset, int limit) {
    long value = 0;
    int end = Math.min(limit, offset + MAX_BYTES);
    for (int at = offset, shift = 0; at < end; at++, shift += 7) {
      value |= (bytes[at] & 0x7FL) << shift;
      if (bytes[at] >= 0) {
        return value > Integer.MAX_VALUE ? NONE : (int) value;
      }
    }
    return NONE;
  }

  /** Returns how many bytes the number at an offset takes; it must have been read before. */
  static int width(byte[] bytes, int offset) {
    int at = offset;
    while (bytes[at] < 0) {
      at++;
    }
    return at - offset + 1;
  }
}
