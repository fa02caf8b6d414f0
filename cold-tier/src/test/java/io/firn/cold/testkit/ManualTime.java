// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.model.TimeSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A time that stands still until somebody moves it. Thread-safe.
 *
 * <p>Both clocks move together with {@link #advance}; {@link #jumpWall} moves the wall clock alone,
 * in either direction.
 */
public final class ManualTime implements TimeSource {
  /** The wall-clock time at which a new instance starts. */
  public static final long START_MILLIS = 1_700_000_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong wallOffsetMillis;

  /** Creates a time at {@link #START_MILLIS}. */
  public ManualTime() {
    this(START_MILLIS);
  }

  /** Creates a time whose wall clock shows {@code wallMillis}. */
  public ManualTime(long wallMillis) {
    wallOffsetMillis = new AtomicLong(wallMillis);
  }

  @Override
  public long wallMillis() {
    return wallOffsetMillis.get() + nanos.get() / NANOS_PER_MILLI;
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  /**
   * Moves both clocks forward.
   *
   * @throws IllegalArgumentException if {@code nanos} is negative
   */
  public void advance(long nanos) {
    if (nanos < 0) {
      throw new IllegalArgumentException("nanos " + nanos + " is negative");
    }
    this.nanos.addAndGet(nanos);
  }

  /** Moves the wall clock alone, forward or back. */
  public void jumpWall(long millis) {
    wallOffsetMillis.addAndGet(millis);
  }
}
