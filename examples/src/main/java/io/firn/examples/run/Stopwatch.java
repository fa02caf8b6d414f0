// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.run;

import java.util.concurrent.TimeUnit;

/** Measures elapsed time; the one place of the examples that reads a clock. Safe for any thread. */
public final class Stopwatch {
  private final long startNanos = System.nanoTime();

  private Stopwatch() {}

  /** Returns a stopwatch that runs from now on. */
  public static Stopwatch started() {
    return new Stopwatch();
  }

  /** Returns the nanoseconds since the start. */
  public long nanos() {
    return System.nanoTime() - startNanos;
  }

  /** Returns the milliseconds since the start, rounded down. */
  public long millis() {
    return TimeUnit.NANOSECONDS.toMillis(nanos());
  }
}
