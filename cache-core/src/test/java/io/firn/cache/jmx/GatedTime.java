// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.cold.model.TimeSource;
import java.util.concurrent.Semaphore;

/**
 * The machine's clocks, at which the workers of a compaction wait for a permit each time they look,
 * once the gate is closed. So a test decides how fast a job goes.
 */
final class GatedTime implements TimeSource {
  private final Semaphore gate = new Semaphore(0);
  private volatile boolean closed;

  void close() {
    closed = true;
  }

  /** Lets a worker look at the clock once, if one waits to. */
  void step() {
    if (gate.hasQueuedThreads()) {
      gate.release();
    }
  }

  void open() {
    closed = false;
    gate.release(1_000_000);
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanoTime() {
    if (closed && Thread.currentThread().getName().contains("compact-")) {
      gate.acquireUninterruptibly();
    }
    return System.nanoTime();
  }
}
