// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/**
 * A value in the hot tier, with what decides whether it may be served. Immutable; equal to itself
 * only, so that no foreign {@code equals} is called.
 */
final class HotEntry<V> {
  private final V value;
  private final Lifespan lifespan;
  private final int weight;
  private final long generation;
  private final long lsn;

  /**
   * Creates an entry.
   *
   * @param lifespan says from when on it is not served
   * @param weight what it counts against the maximum weight
   * @param generation {@link HotTier#generation} read before the value was read or committed
   * @param lsn of the version, or 0 if it is not known
   */
  HotEntry(V value, Lifespan lifespan, int weight, long generation, long lsn) {
    this.value = value;
    this.lifespan = lifespan;
    this.weight = weight;
    this.generation = generation;
    this.lsn = lsn;
  }

  V value() {
    return value;
  }

  Lifespan lifespan() {
    return lifespan;
  }

  long expiresAtMillis() {
    return lifespan.expiresAtMillis();
  }

  int weight() {
    return weight;
  }

  long generation() {
    return generation;
  }

  long lsn() {
    return lsn;
  }
}
