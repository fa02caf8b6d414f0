// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

/**
 * An allowance of bytes that fills at a pace up to a bound, and that work spends. Immutable; time
 * is passed in, as monotonic nanoseconds. Over any time t no more than {@code burst + pace * t} is
 * spent, plus what a single piece of work exceeds the burst by, which is paid off afterwards.
 *
 * @param bytesPerSecond the pace, at least 0
 * @param burstBytes the most that can be saved up, at least 1
 * @param available bytes that may be spent; negative while a large piece is being paid off
 * @param atNanos when that was so
 */
public record ByteBudget(long bytesPerSecond, long burstBytes, double available, long atNanos) {
  private static final double NANOS = 1e9;

  /**
   * @throws IllegalArgumentException if the pace is negative or the burst not positive
   */
  public ByteBudget {
    if (bytesPerSecond < 0 || burstBytes < 1) {
      throw new IllegalArgumentException("pace " + bytesPerSecond + ", burst " + burstBytes);
    }
  }

  /** Returns a budget in which nothing is saved up. */
  public static ByteBudget empty(long bytesPerSecond, long burstBytes, long nowNanos) {
    return new ByteBudget(bytesPerSecond, burstBytes, 0, nowNanos);
  }

  /** Returns a budget that is full. */
  public static ByteBudget full(long bytesPerSecond, long burstBytes, long nowNanos) {
    return new ByteBudget(bytesPerSecond, burstBytes, (double) burstBytes, nowNanos);
  }

  /** Returns the budget at a later moment; an earlier one changes nothing. */
  public ByteBudget at(long nowNanos) {
    long passed = nowNanos - atNanos;
    if (passed <= 0) {
      return this;
    }
    double filled = Math.min((double) burstBytes, available + bytesPerSecond * (passed / NANOS));
    return new ByteBudget(bytesPerSecond, burstBytes, filled, nowNanos);
  }

  /**
   * Returns the budget from a moment on with another pace; what is saved up, or owed, stays, up to
   * the new burst.
   */
  public ByteBudget paced(long newBytesPerSecond, long newBurstBytes, long nowNanos) {
    ByteBudget now = at(nowNanos);
    double kept = Math.min(now.available, (double) newBurstBytes);
    return new ByteBudget(newBytesPerSecond, newBurstBytes, kept, now.atNanos);
  }

  /** Tells whether a piece of work may begin; one above the burst may when the budget is full. */
  public boolean allows(long bytes) {
    return available >= Math.min(bytes, burstBytes);
  }

  /**
   * Returns the budget after some work.
   *
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public ByteBudget spent(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("spent " + bytes);
    }
    return new ByteBudget(bytesPerSecond, burstBytes, available - bytes, atNanos);
  }

  /**
   * Returns how long a piece of work has to wait, in nanoseconds; 0 if it may begin, and {@link
   * Long#MAX_VALUE} while the pace is 0.
   */
  public long nanosUntil(long bytes) {
    if (allows(bytes)) {
      return 0;
    }
    double missing = Math.min(bytes, burstBytes) - available;
    return bytesPerSecond == 0
        ? Long.MAX_VALUE
        : (long) Math.ceil(missing * NANOS / bytesPerSecond);
  }
}
