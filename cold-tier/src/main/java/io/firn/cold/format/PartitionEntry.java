// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/**
 * A partition of a table's index.
 *
 * @param prefix leading bits of the hashes, right-aligned
 * @param bits how many bits, 0 to 31
 * @param slots its two snapshots, in no order; {@link SlotEntry#NONE} for one that does not exist
 */
public record PartitionEntry(int prefix, int bits, List<SlotEntry> slots) {
  /** How many slots a partition has. */
  public static final int SLOTS = 2;

  /**
   * Copies the slots.
   *
   * @throws IllegalArgumentException if they are not two
   */
  public PartitionEntry {
    slots = List.copyOf(slots);
    if (slots.size() != SLOTS) {
      throw new IllegalArgumentException(slots.size() + " slots");
    }
  }
}
