// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

/**
 * The sizes at which an index changes its form.
 *
 * @param initialCapacity capacity of a new partition, in entries, at least 4
 * @param splitEntries a partition that would pass this many entries splits in two, at least 4
 * @param earlySplitEntries the same while there are fewer than {@code earlyPartitions}, so that the
 *     writers of a small table spread over several locks; at least 4
 * @param earlyPartitions at this many partitions the early limit ends; 1 turns it off
 */
public record IndexShape(
    int initialCapacity, int splitEntries, int earlySplitEntries, int earlyPartitions) {
  private static final int MIN_ENTRIES = 4;
  private static final int MAX_ENTRIES = 1 << 26;

  /**
   * @throws IllegalArgumentException if a size is out of range
   */
  public IndexShape {
    check("initialCapacity", initialCapacity);
    check("splitEntries", splitEntries);
    check("earlySplitEntries", earlySplitEntries);
    if (earlyPartitions < 1) {
      throw new IllegalArgumentException("earlyPartitions " + earlyPartitions);
    }
  }

  /** Returns the sizes for production: 32, 65,536, 1,024 and 16. */
  public static IndexShape standard() {
    return new IndexShape(32, 65_536, 1_024, 16);
  }

  int splitEntries(int partitions) {
    return partitions < earlyPartitions ? Math.min(earlySplitEntries, splitEntries) : splitEntries;
  }

  private static void check(String name, int value) {
    if (value < MIN_ENTRIES || value > MAX_ENTRIES) {
      throw new IllegalArgumentException(name + " " + value);
    }
  }
}
