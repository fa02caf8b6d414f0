// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

/**
 * Where the engine gets its time from. Thread-safe. Tests inject one that they move by hand.
 *
 * <p>Wall time decides expiry and may jump; monotonic time decides intervals and never goes back.
 */
public interface TimeSource {
  /** Returns the wall-clock time in milliseconds since 1970-01-01T00:00Z. */
  long wallMillis();

  /** Returns a monotonic time in nanoseconds; only differences mean something. */
  long nanoTime();
}
