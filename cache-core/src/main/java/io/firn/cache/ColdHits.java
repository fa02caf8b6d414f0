// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The keys that were read on disk once, lately. Thread-safe.
 *
 * <p>A table of fingerprints, 4 bytes each, with one place per key, which the next key of the same
 * place takes: a key is remembered for about as many reads of others as there are places. Another
 * key may have both the same place and the same fingerprint, and two readers may note a key at the
 * same time: either only makes a promotion come early.
 */
final class ColdHits {
  static final int LEAST_PLACES = 1 << 10;
  static final int MOST_PLACES = 1 << 20;

  private static final int EMPTY = 0;

  private final AtomicIntegerArray fingerprints;

  /**
   * Creates a table without keys.
   *
   * @param places how many keys to remember, rounded up to a power of two, within the bounds
   */
  ColdHits(long places) {
    int wanted = (int) Math.max(LEAST_PLACES, Math.min(places, MOST_PLACES));
    int highest = Integer.highestOneBit(wanted);
    fingerprints = new AtomicIntegerArray(highest == wanted ? wanted : 2 * highest);
  }

  /** Tells whether the key of this hash was noted and forgets it; else notes it. */
  boolean isSecond(long hash) {
    int place = (int) hash & (fingerprints.length() - 1);
    int high = (int) (hash >>> Integer.SIZE);
    int fingerprint = high == EMPTY ? 1 : high;
    if (fingerprints.get(place) == fingerprint) {
      fingerprints.set(place, EMPTY);
      return true;
    }
    fingerprints.set(place, fingerprint);
    return false;
  }

  int places() {
    return fingerprints.length();
  }
}
