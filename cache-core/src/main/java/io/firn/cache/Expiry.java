// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.time.Duration;

/**
 * Says how long an entry lives, for {@link TieredCacheBuilder#expireAfter}. Thread-safe; called
 * once for each write that does not say it itself, before anything is stored, on the thread that
 * writes. What it throws reaches the caller of the write.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface Expiry<K, V> {
  /**
   * Returns for how long the entry is served from its write on: more than 0, rounded up to a
   * millisecond; above 10,000 days it means for ever. Zero, a negative duration and null are
   * refused: the write fails and changes nothing.
   */
  Duration timeToLive(K key, V value);
}
