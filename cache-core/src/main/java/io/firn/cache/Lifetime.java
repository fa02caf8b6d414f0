// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** Times to live, as milliseconds from a write on. */
final class Lifetime {
  /** The expiry of what never expires. */
  static final long NEVER = Long.MAX_VALUE;

  /* The record format has room for some more; what lives longer is kept for ever. */
  static final Duration MAXIMUM = Duration.ofDays(10_000);

  private Lifetime() {}

  /**
   * Returns a time to live in milliseconds, rounded up, or {@link #NEVER} above {@link #MAXIMUM}.
   *
   * @throws IllegalArgumentException if {@code value} is zero or negative
   */
  static long millis(String name, Duration value) {
    requireNonNull(value, name);
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " is " + value + ", must be positive");
    }
    if (value.compareTo(MAXIMUM) > 0) {
      return NEVER;
    }
    return value.plusNanos(999_999).toMillis();
  }

  static long expiry(long nowMillis, long lifetimeMillis) {
    return lifetimeMillis == NEVER ? NEVER : nowMillis + lifetimeMillis;
  }
}
