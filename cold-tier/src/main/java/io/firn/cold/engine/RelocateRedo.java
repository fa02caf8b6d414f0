// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.FrameReader;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;

/**
 * What recovery does with a {@code Relocate}: entries that still point to the old address get the
 * new one. No byte of data is looked at, as the copies were forced before the frame. Stateless.
 */
final class RelocateRedo {
  private RelocateRedo() {}

  /** Applies a frame to the partitions whose snapshots do not hold it already. */
  static void apply(Table table, long lsn, FrameReader frame) {
    for (int i = 0; i < frame.count(); i++) {
      table.space().redone(frame.moveTo(i));
      Partition partition = table.index().lock(frame.moveHash(i));
      try {
        if (lsn >= IndexFile.pairOf(partition).newestLsn()) {
          move(partition, frame, i);
        }
      } finally {
        partition.unlock();
      }
    }
  }

  /** Applies what of a frame concerns one partition, which the caller has locked. */
  static void apply(Partition partition, FrameReader frame) {
    for (int i = 0; i < frame.count(); i++) {
      if (partition.owns(frame.moveHash(i))) {
        move(partition, frame, i);
      }
    }
  }

  private static void move(Partition partition, FrameReader frame, int index) {
    long hash = frame.moveHash(index);
    long visits = Address.visits(partition.get(hash));
    boolean unusedMoved =
        partition.replace(hash, frame.moveFrom(index), frame.moveTo(index) | visits);
  }
}
