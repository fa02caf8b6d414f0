// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.engine.FlushMode;
import java.time.Duration;

/**
 * When acknowledged operations are forced to the device. A process crash loses nothing that was
 * acknowledged under any policy; what a power failure may lose is what was not forced.
 */
public final class FlushPolicy {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final long DEFAULT_BYTES = 32L << 20;
  private static final long SMALLEST_BYTES = 64L << 10;

  private final FlushMode mode;
  private final long intervalNanos;
  private final long bytes;

  private FlushPolicy(FlushMode mode, long intervalNanos, long bytes) {
    this.mode = mode;
    this.intervalNanos = intervalNanos;
    this.bytes = bytes;
  }

  /** Forces only for checkpoints and before space is reused. */
  public static FlushPolicy none() {
    return new FlushPolicy(FlushMode.NONE, 0, 0);
  }

  /** Forces at an interval, from more than 0 to one hour, or after 32 MiB. */
  public static FlushPolicy async(Duration interval) {
    return async(interval, DEFAULT_BYTES);
  }

  /**
   * Forces at an interval, or after so many bytes of records, whichever comes first.
   *
   * @throws IllegalArgumentException if the interval is not in (0, 1 h], or bytes are below 64 KiB
   */
  public static FlushPolicy async(Duration interval, long bytes) {
    if (interval.isZero() || interval.isNegative() || interval.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "interval " + interval + ", allowed more than 0 to 1 hour");
    }
    if (bytes < SMALLEST_BYTES) {
      throw new IllegalArgumentException("bytes " + bytes + ", at least " + SMALLEST_BYTES);
    }
    return new FlushPolicy(FlushMode.ASYNC, interval.toNanos(), bytes);
  }

  /** Forces before an operation returns; those that come together share one force. */
  public static FlushPolicy sync() {
    return new FlushPolicy(FlushMode.SYNC, 0, 0);
  }

  FlushMode mode() {
    return mode;
  }

  long intervalNanos() {
    return intervalNanos;
  }

  long bytes() {
    return bytes;
  }
}
