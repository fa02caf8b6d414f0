// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.model.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that a test moves by hand. Thread-safe. */
final class ManualTime implements TimeSource {
  private final AtomicLong wallMillis = new AtomicLong(1_700_000_000_000L);
  private final AtomicLong nanoTime = new AtomicLong(1);

  @Override
  public long wallMillis() {
    return wallMillis.get();
  }

  @Override
  public long nanoTime() {
    return nanoTime.get();
  }

  /** Lets both clocks go on. */
  void advance(Duration duration) {
    nanoTime.addAndGet(duration.toNanos());
    wallMillis.addAndGet(duration.toMillis());
  }

  /** Sets the wall clock forward or back; the monotonic one does not move. */
  void jumpWall(Duration duration) {
    wallMillis.addAndGet(duration.toMillis());
  }
}
