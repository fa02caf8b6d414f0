// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import io.firn.cold.model.TimeSource;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A time source whose wall time never goes back, so that what has expired stays expired. While the
 * source's wall time is behind the latest one seen, time goes on by the monotonic clock. Both tiers
 * share one instance, so they agree about what has expired. Thread-safe.
 */
final class SteadyTime implements TimeSource {
  private record Reading(long wallMillis, long nanoTime) {}

  private final TimeSource source;
  private final AtomicReference<Reading> latest;

  SteadyTime(TimeSource source) {
    this.source = source;
    this.latest = new AtomicReference<>(new Reading(source.wallMillis(), source.nanoTime()));
  }

  /**
   * Returns a source with the wall time of {@code clock} and the monotonic time of {@code other}.
   */
  static TimeSource of(Clock clock, TimeSource other) {
    return new TimeSource() {
      @Override
      public long wallMillis() {
        return clock.millis();
      }

      @Override
      public long nanoTime() {
        return other.nanoTime();
      }
    };
  }

  @Override
  public long nanoTime() {
    return source.nanoTime();
  }

  @Override
  public long wallMillis() {
    long wallMillis = source.wallMillis();
    for (; ; ) {
      Reading seen = requireNonNull(latest.get());
      if (wallMillis == seen.wallMillis) {
        return wallMillis;
      }
      Reading next = wallMillis > seen.wallMillis ? ahead(wallMillis) : behind(seen);
      if (next.wallMillis == seen.wallMillis || latest.compareAndSet(seen, next)) {
        return next.wallMillis;
      }
    }
  }

  private Reading ahead(long wallMillis) {
    return new Reading(wallMillis, source.nanoTime());
  }

  private Reading behind(Reading seen) {
    long elapsedMillis =
        Math.max(0, TimeUnit.NANOSECONDS.toMillis(source.nanoTime() - seen.nanoTime));
    return new Reading(
        seen.wallMillis + elapsedMillis,
        seen.nanoTime + TimeUnit.MILLISECONDS.toNanos(elapsedMillis));
  }
}
