// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import java.util.ArrayList;
import java.util.List;

/**
 * The locks of all partitions that own some hashes, taken in ascending order and given back
 * together: what a change of many keys needs to be seen by snapshots as one. For one thread.
 *
 * <p>Two holders never wait for each other in a circle, because both go upwards. A partition that
 * is split while its lock is awaited is found retired, and its successors are asked instead; those
 * that are held cannot split.
 */
public final class PartitionLocks implements AutoCloseable {
  private final HashIndex index;
  private final List<Partition> held = new ArrayList<>();
  private int cursor;

  /** Creates a holder of no lock. */
  public PartitionLocks(HashIndex index) {
    this.index = index;
  }

  /**
   * Locks the partitions of some hashes, and loads those that are not in memory. Takes all or none.
   *
   * @param hashes ascending as unsigned numbers
   * @throws IllegalStateException if locks are held already, or the index is closed
   * @throws IllegalArgumentException if the hashes do not ascend
   */
  public void lock(long[] hashes) {
    if (!held.isEmpty()) {
      throw new IllegalStateException(held.size() + " partitions are locked already");
    }
    boolean done = false;
    try {
      for (int i = 0; i < hashes.length; i++) {
        if (i > 0 && Long.compareUnsigned(hashes[i - 1], hashes[i]) > 0) {
          throw new IllegalArgumentException("hash " + i + " is below the one before");
        }
        if (held.isEmpty() || !held.get(held.size() - 1).owns(hashes[i])) {
          held.add(index.lock(hashes[i]));
        }
      }
      done = true;
    } finally {
      if (!done) {
        unlock();
      }
    }
  }

  /**
   * Returns the locked partition of a hash. Ascending calls are the fastest.
   *
   * @throws IllegalArgumentException if none that is held owns the hash
   */
  public Partition of(long hash) {
    for (int tried = 0; tried < held.size(); tried++) {
      Partition partition = held.get(cursor);
      if (partition.owns(hash)) {
        return partition;
      }
      cursor = (cursor + 1) % held.size();
    }
    throw new IllegalArgumentException("no lock is held for hash " + Long.toHexString(hash));
  }

  /** Returns how many partitions are locked. */
  public int size() {
    return held.size();
  }

  @Override
  public void close() {
    unlock();
  }

  /** Gives all locks back; more may be taken then. */
  public void unlock() {
    cursor = 0;
    for (int i = held.size() - 1; i >= 0; i--) {
      held.remove(i).unlock();
    }
  }
}
