// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;

/** Refuses bad settings with their name, value and range. */
final class Checks {
  private Checks() {}

  static void notNegative(String name, long value) {
    within(name, value, 0, Long.MAX_VALUE);
  }

  static void within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", but is " + value);
    }
  }

  /** Checks a share of a whole; not a number is refused. */
  static void share(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be from 0.0 to 1.0, but is " + value);
    }
  }

  static void notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative, but is " + value);
    }
  }

  /** Checks a duration that is waited for: at least 1 ms, at most what fits into nanoseconds. */
  static void timeout(String name, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0
        || value.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(name + " must be from 1 ms to 292 years, but is " + value);
    }
  }
}
