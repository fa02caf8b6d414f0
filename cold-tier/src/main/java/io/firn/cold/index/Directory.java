// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Which partition owns a hash: an immutable array indexed by the first bits of the hash. */
final class Directory {
  private final int depth;
  private final Partition[] slots;
  private final List<Partition> partitions;

  private Directory(int depth, Partition[] slots, List<Partition> partitions) {
    this.depth = depth;
    this.slots = slots;
    this.partitions = partitions;
  }

  /**
   * Returns the directory of these partitions.
   *
   * @throws IllegalArgumentException unless they cover every hash exactly once
   */
  static Directory of(List<Partition> partitions) {
    List<Partition> sorted = new ArrayList<>(partitions);
    sorted.sort(Comparator.comparingLong(Directory::start));
    int depth = 0;
    long expected = 0;
    for (Partition partition : sorted) {
      if (start(partition) != expected) {
        throw new IllegalArgumentException(
            "partitions leave a gap or overlap at " + partition.describe());
      }
      depth = Math.max(depth, partition.prefixBits());
      expected += 1L << (Partition.MAX_PREFIX_BITS - partition.prefixBits());
    }
    if (expected != 1L << Partition.MAX_PREFIX_BITS) {
      throw new IllegalArgumentException("partitions do not cover every hash");
    }
    Partition[] slots = new Partition[1 << depth];
    for (Partition partition : sorted) {
      int from = partition.prefix() << (depth - partition.prefixBits());
      Arrays.fill(slots, from, from + (1 << (depth - partition.prefixBits())), partition);
    }
    return new Directory(depth, slots, List.copyOf(sorted));
  }

  /** Returns the first hash of a partition, in units of the deepest prefix. */
  private static long start(Partition partition) {
    return (long) partition.prefix() << (Partition.MAX_PREFIX_BITS - partition.prefixBits());
  }

  Directory replace(Partition parent, Partition left, Partition right) {
    List<Partition> changed = new ArrayList<>(partitions.size() + 1);
    for (Partition partition : partitions) {
      if (partition == parent) {
        changed.add(left);
        changed.add(right);
      } else {
        changed.add(partition);
      }
    }
    return of(changed);
  }

  Partition owner(long hash) {
    return slots[Partition.prefixOf(hash, depth)];
  }

  List<Partition> partitions() {
    return partitions;
  }
}
