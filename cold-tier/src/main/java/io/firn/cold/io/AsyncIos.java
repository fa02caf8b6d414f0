// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.TimeSource;
import io.firn.cold.model.UnsupportedHereException;

/** Opens the I/O workers of a backend. */
public final class AsyncIos {
  private AsyncIos() {}

  /** How disk operations are run. */
  public enum Backend {
    /** Threads that make positional calls; works everywhere. */
    THREADS,
    /** Linux io_uring. */
    IO_URING,
    /** The I/O ring of Windows. */
    IORING
  }

  /**
   * Opens I/O workers.
   *
   * @param workers how many operations run at the same time, at least 1
   * @param queueCapacity how many may wait, at least 1
   * @param time measures the operations
   * @throws UnsupportedHereException if the backend is not available; {@link Backend#THREADS}
   *     always is
   * @throws IllegalArgumentException if a number is too small
   */
  public static AsyncIo open(Backend backend, int workers, int queueCapacity, TimeSource time) {
    if (backend != Backend.THREADS) {
      throw new UnsupportedHereException(
          backend + " is not available here; the portable backend is " + Backend.THREADS, null);
    }
    return ThreadPoolIo.start(workers, queueCapacity, time);
  }
}
