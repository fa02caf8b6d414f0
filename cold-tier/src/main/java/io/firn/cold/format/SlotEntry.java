// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * Where a snapshot of a partition stands in the table's index file.
 *
 * @param offset of the slot in the file, or {@link #NO_OFFSET}
 * @param capacityBytes how many bytes are reserved there
 * @param number of the snapshot
 * @param lsn the snapshot holds exactly the frames below it
 * @param entries how many entries it has
 * @param prefix leading bits of the hashes when it was written, right-aligned
 * @param bits how many bits
 */
public record SlotEntry(
    long offset, int capacityBytes, long number, long lsn, int entries, int prefix, int bits) {
  /** As an offset: there is no slot. */
  public static final long NO_OFFSET = -1;

  /** No slot. */
  public static final SlotEntry NONE = new SlotEntry(NO_OFFSET, 0, 0, 0, 0, 0, 0);

  /** Tells whether there is a slot. */
  public boolean exists() {
    return offset != NO_OFFSET;
  }
}
