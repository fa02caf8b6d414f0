// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

/**
 * The 64-bit word by which an index entry names a record: one read of {@link #boundBytes} bytes at
 * {@link #offset} of {@link #segment} fetches it.
 *
 * <pre>
 *  bit  63        41 40         12 11         2 1      0
 *      +------------+-------------+------------+--------+
 *      | segment 23 | offset 29   | class 10   | visits |
 *      +------------+-------------+------------+--------+
 * </pre>
 *
 * Segment numbers start at 1, so the word 0 means "no record". The class is a length rounded up to
 * 5 bits of mantissa and 5 of exponent: at most 3.2 % above the length. Visits are a hint that
 * readers advance; comparisons mask them.
 */
public final class Address {
  /** No record. */
  public static final long NONE = 0;

  /** Largest segment number. */
  public static final int MAX_SEGMENT = (1 << 23) - 1;

  /** Offsets are below this; so is the size of a segment. */
  public static final long MAX_SEGMENT_BYTES = 1L << 29;

  /** Largest value of the visit counter. */
  public static final int MAX_VISITS = 3;

  private static final int OFFSET_SHIFT = 12;
  private static final int SEGMENT_SHIFT = 41;
  private static final int CLASS_SHIFT = 2;
  private static final int MANTISSA_BITS = 5;
  private static final int MANTISSA = 1 << MANTISSA_BITS;

  private Address() {}

  /** Returns the word for a record of {@code length} bytes, with no visits. */
  public static long of(int segment, long offset, int length) {
    if (segment < 1 || segment > MAX_SEGMENT || offset < 0 || offset >= MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException("segment " + segment + ", offset " + offset);
    }
    return ((long) segment << SEGMENT_SHIFT)
        | (offset << OFFSET_SHIFT)
        | ((long) classOf(length) << CLASS_SHIFT);
  }

  /** Returns the segment number, 1 to {@link #MAX_SEGMENT}; 0 for {@link #NONE}. */
  public static int segment(long word) {
    return (int) (word >>> SEGMENT_SHIFT);
  }

  /** Returns the byte offset of the record in its segment's file. */
  public static long offset(long word) {
    return (word >>> OFFSET_SHIFT) & (MAX_SEGMENT_BYTES - 1);
  }

  /** Returns the upper bound of the record's length in bytes, page headers not counted. */
  public static int boundBytes(long word) {
    return classBound((int) (word >>> CLASS_SHIFT) & 0x3FF);
  }

  /** Returns how often the record was read since it was written, 0 to {@link #MAX_VISITS}. */
  public static int visits(long word) {
    return (int) word & MAX_VISITS;
  }

  /** Returns the word without its visits, for comparisons. */
  public static long withoutVisits(long word) {
    return word & ~(long) MAX_VISITS;
  }

  /** Returns the size class of a length: the smallest whose bound is not below it. */
  public static int classOf(int length) {
    if (length < 0) {
      throw new IllegalArgumentException("length " + length);
    }
    if (length < 2 * MANTISSA) {
      return length;
    }
    int exponent = 31 - Integer.numberOfLeadingZeros(length) - MANTISSA_BITS;
    int mantissa = (int) (((long) length + (1L << exponent) - 1) >>> exponent);
    return (exponent << MANTISSA_BITS) + mantissa;
  }

  /** Returns the largest length in bytes of a size class, capped at {@link Integer#MAX_VALUE}. */
  public static int classBound(int sizeClass) {
    if (sizeClass < 2 * MANTISSA) {
      return sizeClass;
    }
    int exponent = (sizeClass >>> MANTISSA_BITS) - 1;
    long mantissa = (long) MANTISSA + (sizeClass & (MANTISSA - 1));
    return (int) Math.min(Integer.MAX_VALUE, mantissa << exponent);
  }

  /** Returns the word as text for messages: segment, offset and bound. */
  public static String describe(long word) {
    return word == NONE
        ? "none"
        : "segment " + segment(word) + " offset " + offset(word) + " bound " + boundBytes(word);
  }
}
