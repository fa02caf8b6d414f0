// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/**
 * Says how much an entry counts against {@link TieredCacheBuilder#maximumHotWeight}. Thread-safe;
 * called once per entry, when it enters the hot tier.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@FunctionalInterface
public interface Weigher<K, V> {
  /** Returns the weight, 0 or more; it does not change while the entry stays in the hot tier. */
  int weigh(K key, V value);
}
