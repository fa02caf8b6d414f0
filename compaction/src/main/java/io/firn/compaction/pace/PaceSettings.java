// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

import java.time.Duration;

/**
 * What bounds a pace. Bytes are those that compaction reads and writes.
 *
 * @param ceilingBytesPerSecond the most; default 256 MiB
 * @param floorBytesPerSecond the least while there is debt, so that jobs end; default 32 MiB
 * @param wantedDebtBytes the debt that is held under load; default 0, which means half of what is
 *     consumed during {@code catchUp}
 * @param catchUp time in which debt above that falls to a third; default 5 s
 * @param scarceTime space is scarce once free bytes last for less than this; default 60 s
 * @param latencyLimit how much slower than with nothing to compact readers may be; default 1.5
 */
public record PaceSettings(
    long ceilingBytesPerSecond,
    long floorBytesPerSecond,
    long wantedDebtBytes,
    Duration catchUp,
    Duration scarceTime,
    double latencyLimit) {
  private static final PaceSettings DEFAULTS =
      new PaceSettings(
          256L << 20, 32L << 20, 0, Duration.ofSeconds(5), Duration.ofSeconds(60), 1.5);

  /**
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public PaceSettings {
    if (floorBytesPerSecond < 1 || ceilingBytesPerSecond < floorBytesPerSecond) {
      throw new IllegalArgumentException(
          "floor "
              + floorBytesPerSecond
              + " must be from 1 to the ceiling, "
              + ceilingBytesPerSecond);
    }
    if (wantedDebtBytes < 0) {
      throw new IllegalArgumentException("wantedDebtBytes " + wantedDebtBytes);
    }
    if (catchUp.compareTo(Duration.ofMillis(1)) < 0
        || scarceTime.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("catchUp " + catchUp + ", scarceTime " + scarceTime);
    }
    if (!(latencyLimit >= 1 && latencyLimit < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("latencyLimit " + latencyLimit);
    }
  }

  /** Returns the defaults. */
  public static PaceSettings defaults() {
    return DEFAULTS;
  }

  /** Returns the same settings with another ceiling, and a floor that is not above it. */
  public PaceSettings withCeiling(long bytesPerSecond) {
    return new PaceSettings(
        bytesPerSecond,
        Math.min(floorBytesPerSecond, bytesPerSecond),
        wantedDebtBytes,
        catchUp,
        scarceTime,
        latencyLimit);
  }

  /** Returns the same settings with another debt that is held under load. */
  public PaceSettings withWantedDebt(long bytes) {
    return new PaceSettings(
        ceilingBytesPerSecond, floorBytesPerSecond, bytes, catchUp, scarceTime, latencyLimit);
  }
}
