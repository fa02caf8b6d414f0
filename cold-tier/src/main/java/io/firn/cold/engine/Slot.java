// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/**
 * A place in an index file, and the snapshot that it holds if it holds one. Owned by its table's
 * checkpointing; {@code references} counts the partitions that may load it.
 */
final class Slot {
  final long offset;
  final int capacityBytes;
  long number;
  long lsn;
  int entries;
  int prefix;
  int bits;
  int references = 1;

  Slot(long offset, int capacityBytes) {
    this.offset = offset;
    this.capacityBytes = capacityBytes;
  }

  boolean holdsSnapshot() {
    return number != 0;
  }
}
