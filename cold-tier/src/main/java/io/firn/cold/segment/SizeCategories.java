// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

/**
 * The 256 categories of sizes and which of them are occupied. A category spans an eighth of a power
 * of two, so sizes below 16 have one each and larger ones share it with others at most 12.5 % away.
 */
final class SizeCategories {
  /** Number of categories. */
  static final int COUNT = 256;

  private static final int MANTISSA_BITS = 3;
  private static final int EXACT = 1 << MANTISSA_BITS;

  private final long[] occupied = new long[COUNT / Long.SIZE];

  /** Returns the category of a size. */
  static int of(int size) {
    if (size < EXACT) {
      return size;
    }
    int exponent = 31 - Integer.numberOfLeadingZeros(size) - MANTISSA_BITS;
    return (exponent << MANTISSA_BITS) + (size >>> exponent);
  }

  /** Returns the smallest category in which every size is at least this one. */
  static int surely(int size) {
    return size == 0 ? 0 : of(size - 1) + 1;
  }

  void set(int category) {
    occupied[category >>> 6] |= 1L << category;
  }

  void clear(int category) {
    occupied[category >>> 6] &= ~(1L << category);
  }

  /** Returns the lowest occupied category that is not below this one, or -1. */
  int atLeast(int category) {
    int index = category >>> 6;
    long word = occupied[index] & (-1L << category);
    while (word == 0) {
      index++;
      if (index == occupied.length) {
        return -1;
      }
      word = occupied[index];
    }
    return (index << 6) + Long.numberOfTrailingZeros(word);
  }

  /** Returns the highest occupied category, or -1. */
  int highest() {
    for (int index = occupied.length - 1; index >= 0; index--) {
      if (occupied[index] != 0) {
        return (index << 6) + 63 - Long.numberOfLeadingZeros(occupied[index]);
      }
    }
    return -1;
  }
}
