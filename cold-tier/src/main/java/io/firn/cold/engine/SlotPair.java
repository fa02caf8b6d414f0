// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import org.jspecify.annotations.Nullable;

/**
 * The two snapshots of a partition on disk, and the larger places that are ready for the next ones.
 * Guarded by the lock of its {@link IndexFile}.
 */
final class SlotPair {
  /** Newer first; null while there is none. */
  @Nullable Slot newer;

  @Nullable Slot older;

  /** Where the next snapshots go once the present places are too small. */
  @Nullable Slot spare1;

  @Nullable Slot spare2;

  /** The places of the two halves, while a split is being prepared. */
  @Nullable SlotPair left;

  @Nullable SlotPair right;

  /** LSN from which the log says all that happened to the partition. */
  long baseLsn;

  /** What {@code Partition.changes()} was when the newer snapshot was captured; -1 if none was. */
  long capturedChanges = -1;

  /** A checkpoint has captured the partition and has not named its snapshot yet. */
  volatile boolean captured;

  /** Both snapshots have the present content. */
  boolean bothCurrent;

  SlotPair(long baseLsn) {
    this.baseLsn = baseLsn;
  }

  /**
   * Returns the LSN from which the log is needed if the newer snapshot is damaged. While the place
   * of the older one is written over it has the LSN of the one to come already, and the newer one
   * is all there is.
   */
  long oldestLsn() {
    Slot last = newer;
    Slot slot = older;
    if (slot == null) {
      return baseLsn;
    }
    return last == null ? slot.lsn : Math.min(slot.lsn, last.lsn);
  }

  /** Returns the LSN of the newer snapshot. */
  long newestLsn() {
    Slot slot = newer;
    return slot == null ? baseLsn : slot.lsn;
  }
}
