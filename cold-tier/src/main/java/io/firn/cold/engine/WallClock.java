// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.TimeSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Wall time that never goes back, so that what has expired stays expired. Thread-safe.
 *
 * <p>A clock that was set forward by mistake makes entries expire early; that cannot be told from a
 * pause of the machine. But what drops records unread, which is much at once, goes by {@link
 * #steadyMillis}.
 */
final class WallClock {
  /** How far wall time may run ahead of monotonic time before it is doubted. */
  static final long TOLERANCE_MILLIS = 3_600_000;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final Logger LOG = Loggers.of(WallClock.class);

  private final TimeSource time;
  private final Threads threads;
  private final long startMillis;
  private final long startNanos;
  private final AtomicBoolean doubted = new AtomicBoolean();
  private final AtomicLong floorMillis = new AtomicLong();

  WallClock(TimeSource time, Threads threads) {
    this.time = time;
    this.threads = threads;
    this.startMillis = time.wallMillis();
    this.startNanos = time.nanoTime();
  }

  /** Makes sure that no earlier time is ever returned. */
  void atLeast(long millis) {
    long unused = floorMillis.accumulateAndGet(millis, Math::max);
  }

  /** Returns the wall time at which the store was opened. */
  long startMillis() {
    return startMillis;
  }

  long millis() {
    long now = time.wallMillis();
    if (!threads.keeps(Rule.EXPIRE_BY_WALL_TIME)) {
      return now;
    }
    long floor = floorMillis.get();
    return now <= floor ? floor : floorMillis.accumulateAndGet(now, Math::max);
  }

  /**
   * Returns {@link #millis}, but no more than an hour ahead of what monotonic time says since the
   * start. While that holds it back nothing is dropped that only wall time says has expired; this
   * is logged once.
   */
  long steadyMillis() {
    long now = millis();
    long most = startMillis + (time.nanoTime() - startNanos) / NANOS_PER_MILLI + TOLERANCE_MILLIS;
    if (now <= most) {
      return now;
    }
    if (doubted.compareAndSet(false, true)) {
      LOG.warn(
          "the wall clock is {} ms ahead of the monotonic one; what has expired by it alone is not"
              + " dropped unread",
          now - most + TOLERANCE_MILLIS);
    }
    return most;
  }
}
