// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.model.TimeSource;
import org.jspecify.annotations.Nullable;

/** When the entries of one cache expire, by its options. Thread-safe. */
final class Lifetimes<K, V> {
  private final TimeSource time;
  private final String cache;
  private final long lifetimeMillis;
  private final @Nullable Expiry<? super K, ? super V> expiry;

  Lifetimes(TimeSource time, TieredCacheBuilder<K, V> options) {
    this.time = time;
    this.cache = options.name();
    this.lifetimeMillis = options.lifetimeMillis();
    this.expiry = options.expiry();
  }

  /**
   * Returns when an entry expires that is written now. Calls foreign code.
   *
   * @throws IllegalArgumentException if the cache's expiry returns zero or a negative duration
   * @throws NullPointerException if it returns null
   */
  long expiresAt(K key, V value) {
    return expiry == null
        ? expiresAt(lifetimeMillis)
        : expiresAt(
            Lifetime.millis(
                "time to live by the expiry of cache '" + cache + "'",
                expiry.timeToLive(key, value)));
  }

  /** Returns when an entry expires that is written now, to live as long as its writer says. */
  long expiresAt(long lifetime) {
    return lifetime == Lifetime.NEVER
        ? Lifetime.NEVER
        : Lifetime.expiry(time.wallMillis(), lifetime);
  }
}
