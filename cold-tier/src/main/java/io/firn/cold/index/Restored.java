// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import org.jspecify.annotations.Nullable;

/**
 * A partition as the manifest names it, to be loaded at its first use.
 *
 * @param prefix the first {@code bits} bits of the hashes that it holds, right-aligned
 * @param bits how many bits of the hash choose the partition, 0 to {@link
 *     Partition#MAX_PREFIX_BITS}
 * @param entries how many entries are expected; a hint for the first table and for {@link
 *     HashIndex#size} until then
 * @param source delivers the entries
 * @param attachment passed to {@link Partition#attach}
 */
public record Restored(
    int prefix, int bits, int entries, PartitionSource source, @Nullable Object attachment) {
  /**
   * @throws IllegalArgumentException if bits, prefix or entries are out of range
   */
  public Restored {
    if (bits < 0 || bits > Partition.MAX_PREFIX_BITS || prefix < 0 || prefix >= (1 << bits)) {
      throw new IllegalArgumentException("prefix " + prefix + " of " + bits + " bits");
    }
    if (entries < 0) {
      throw new IllegalArgumentException("entries " + entries);
    }
  }
}
