// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.model.TimeSource;

/** Wall time that never goes back, so that what has expired stays expired. Thread-safe. */
final class WallClock {
  private final TimeSource time;
  private final Threads threads;
  private volatile long floorMillis;

  WallClock(TimeSource time, Threads threads) {
    this.time = time;
    this.threads = threads;
  }

  /** Makes sure that no earlier time is ever returned. */
  void atLeast(long millis) {
    floorMillis = Math.max(floorMillis, millis);
  }

  long millis() {
    long now = time.wallMillis();
    if (!threads.keeps(Rule.EXPIRE_BY_WALL_TIME)) {
      return now;
    }
    long floor = floorMillis;
    if (now > floor) {
      floorMillis = now;
      return now;
    }
    return floor;
  }
}
