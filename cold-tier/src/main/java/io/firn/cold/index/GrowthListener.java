// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

/**
 * Hears of partitions that are about to become larger, so that room for their snapshots on disk is
 * there first. Thread-safe; calls about one index come one at a time.
 */
public interface GrowthListener {
  /**
   * Called before a partition's table grows. No lock of a partition is held, so the call may wait
   * and may write files. The growth may still not happen, so the same call may come again.
   *
   * @param newCapacity in entries
   * @throws RuntimeException to refuse; {@link HashIndex#ensureRoom} passes it on and nothing grows
   */
  void beforeGrow(Partition partition, int newCapacity);

  /**
   * Called before a partition is split in two, like {@link #beforeGrow}.
   *
   * @param childCapacity the expected capacity of each of the two halves, in entries
   * @throws RuntimeException to refuse; {@link HashIndex#ensureRoom} passes it on and nothing
   *     splits
   */
  void beforeSplit(Partition parent, int childCapacity);

  /**
   * Called when a partition's entries were divided, under the parent's lock and before any other
   * thread can reach the children. Must neither wait nor throw nor lock a partition. Attaches what
   * belongs to the children.
   *
   * @param left the half with the lower hashes
   * @param right the half with the higher hashes
   */
  void split(Partition parent, Partition left, Partition right);

  /**
   * Tells whether a partition may split now; one that may not grows instead and is asked again.
   * Asked without its lock, and once more under it. Must neither wait nor throw.
   */
  default boolean maySplit(Partition parent) {
    return true;
  }

  /** A listener that allows everything. */
  GrowthListener NONE =
      new GrowthListener() {
        @Override
        public void beforeGrow(Partition partition, int newCapacity) {}

        @Override
        public void beforeSplit(Partition parent, int childCapacity) {}

        @Override
        public void split(Partition parent, Partition left, Partition right) {}
      };
}
