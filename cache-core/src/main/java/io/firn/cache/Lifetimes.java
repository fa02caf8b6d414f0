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
  private final boolean timed;

  Lifetimes(TimeSource time, TieredCacheBuilder<K, V> options) {
    this.time = time;
    this.cache = options.name();
    this.lifetimeMillis = options.lifetimeMillis();
    this.expiry = options.expiry();
    this.timed = options.refreshMillis() != Lifetime.NEVER;
  }

  /**
   * Returns the lifespan of an entry that is written now. Calls foreign code.
   *
   * @throws IllegalArgumentException if the cache's expiry returns zero or a negative duration
   * @throws NullPointerException if it returns null
   */
  Lifespan of(K key, V value) {
    return expiry == null
        ? of(lifetimeMillis)
        : of(
            Lifetime.millis(
                "time to live by the expiry of cache '" + cache + "'",
                expiry.timeToLive(key, value)));
  }

  /** Returns the lifespan of an entry that is written now and lives as long as its writer says. */
  Lifespan of(long lifetime) {
    if (lifetime == Lifetime.NEVER && !timed) {
      return Lifespan.ENDLESS;
    }
    long now = time.wallMillis();
    return new Lifespan(timed ? now : Lifespan.UNKNOWN, Lifetime.expiry(now, lifetime));
  }

  /** Returns the lifespan of an entry that was read on disk. */
  Lifespan ofRecord(long writtenAtMillis, long expiresAtMillis) {
    return expiresAtMillis == Lifetime.NEVER && !timed
        ? Lifespan.ENDLESS
        : new Lifespan(timed ? writtenAtMillis : Lifespan.UNKNOWN, expiresAtMillis);
  }
}
