// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

/** Where the entries of a partition come from that was not loaded at open. */
@FunctionalInterface
public interface PartitionSource {
  /**
   * Calls {@link Partition#put} for each entry. Called once, at the partition's first use, by a
   * thread that holds its lock. Damage of what it reads is its own affair: it must not throw for
   * it. If it throws all the same, the partition stays empty and unloaded and the next use calls
   * again.
   */
  void load(Partition partition);
}
