// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.model.TimeSource;
import org.jspecify.annotations.Nullable;

/** When the entries of one cache expire, by its options. Thread-safe. */
final class Lifetimes<K, V> {
  /* A read is noted on disk when this part of the duration has passed. */
  private static final int EIGHTH = 8;

  private final TimeSource time;
  private final String cache;
  private final long lifetimeMillis;
  private final @Nullable Expiry<? super K, ? super V> expiry;
  private final long accessMillis;
  private final boolean timed;

  Lifetimes(TimeSource time, TieredCacheBuilder<K, V> options) {
    this.time = time;
    this.cache = options.name();
    this.lifetimeMillis = options.lifetimeMillis();
    this.expiry = options.expiry();
    this.accessMillis = options.accessMillis();
    this.timed = accessMillis != Lifetime.NEVER || options.refreshMillis() != Lifetime.NEVER;
  }

  /**
   * Returns the lifespan of an entry that is written now. Calls foreign code.
   *
   * @throws IllegalArgumentException if the cache's expiry returns zero or a negative duration
   * @throws NullPointerException if it returns null
   */
  Lifespan of(K key, V value) {
    if (expiry != null) {
      return of(
          Lifetime.millis(
              "time to live by the expiry of cache '" + cache + "'",
              expiry.timeToLive(key, value)));
    }
    if (accessMillis == Lifetime.NEVER) {
      return of(lifetimeMillis);
    }
    long now = time.wallMillis();
    long deadline = Lifetime.expiry(now, lifetimeMillis);
    return new Lifespan(now, Math.min(now + accessMillis, deadline), deadline);
  }

  /**
   * Returns the lifespan of an entry that is written now and lives as long as its writer says;
   * reads do not prolong it.
   */
  Lifespan of(long lifetime) {
    if (lifetime == Lifetime.NEVER && !timed) {
      return Lifespan.ENDLESS;
    }
    long now = time.wallMillis();
    long expiresAt = Lifetime.expiry(now, lifetime);
    return new Lifespan(timed ? now : Lifespan.UNKNOWN, expiresAt, expiresAt);
  }

  /** Returns the lifespan of an entry that was read on disk. */
  Lifespan ofRecord(long writtenAtMillis, long expiresAtMillis, long deadlineMillis) {
    return expiresAtMillis == Lifetime.NEVER && !timed
        ? Lifespan.ENDLESS
        : new Lifespan(timed ? writtenAtMillis : Lifespan.UNKNOWN, expiresAtMillis, deadlineMillis);
  }

  /** Tells whether a read at a time has to prolong the expiry: less than 7/8 would be left. */
  boolean isDue(Lifespan lifespan, long accessedAtMillis) {
    return lifespan.isProlongable()
        && lifespan.expiresAtMillis() - accessedAtMillis < accessMillis - accessMillis / EIGHTH;
  }

  /** Tells whether a later read is so much later that it has to be noted too. */
  boolean isFarFrom(long accessedAtMillis, long laterMillis) {
    return laterMillis - accessedAtMillis > accessMillis / EIGHTH;
  }

  /** Returns the lifespan after a read at a time; the write stays when it was. */
  Lifespan prolonged(Lifespan lifespan, long accessedAtMillis) {
    long deadline = lifespan.deadlineMillis();
    return new Lifespan(
        lifespan.writtenAtMillis(), Math.min(accessedAtMillis + accessMillis, deadline), deadline);
  }

  /** Tells whether the expiry has not come yet. */
  boolean isLive(Lifespan lifespan) {
    return time.wallMillis() < lifespan.expiresAtMillis();
  }
}
