// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counters by stripe of the keys' hashes, bumped by every write of a key under its partition's
 * lock. A reader that finds the counter unchanged knows that what it read is still the newest
 * version. Thread-safe.
 */
final class WriteStamps {
  private static final int STRIPES = 1 << 16;

  private final AtomicIntegerArray counters = new AtomicIntegerArray(STRIPES);

  long get(int tableId, long hash) {
    return counters.get(stripe(tableId, hash));
  }

  void bump(int tableId, long hash) {
    counters.incrementAndGet(stripe(tableId, hash));
  }

  private static int stripe(int tableId, long hash) {
    return (int) (hash ^ tableId * 0x9E3779B9L) & (STRIPES - 1);
  }
}
