// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.TimeSource;
import io.firn.cold.model.UnsupportedHereException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs disk operations on I/O workers and answers with futures. The queue is bounded: {@link
 * #submit} waits while it is full. Workers are stopped by message and never interrupted. A future
 * fails with an {@link IOException} of this package's vocabulary. Thread-safe.
 */
public interface AsyncIo extends AutoCloseable {
  /** How disk operations are run. */
  enum Backend {
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
  static AsyncIo open(Backend backend, int workers, int queueCapacity, TimeSource time) {
    if (backend != Backend.THREADS) {
      throw new UnsupportedHereException(
          backend + " is not available here; the portable backend is " + Backend.THREADS, null);
    }
    return ThreadPoolIo.start(workers, queueCapacity, time);
  }

  /** Queues an operation; waits while the queue is full. */
  <T> CompletableFuture<T> submit(DiskOperation kind, Call<T> call);

  /**
   * Runs an operation and waits for it. A thread that nobody interrupts may run it itself, which
   * saves waking a worker.
   *
   * @throws IOException as the operation fails
   */
  default <T> T run(DiskOperation kind, Call<T> call) throws IOException {
    return await(submit(kind, call));
  }

  /** Waits for an operation; throws what it failed with. */
  static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw IoErrors.rethrown(e.getCause());
    }
  }

  /** Returns latency and throughput per operation since the start. */
  AsyncIoStats stats();

  /** Finishes what is queued, then stops the workers. */
  @Override
  void close();

  /** One operation. */
  @FunctionalInterface
  interface Call<T> {
    /** Does the operation. */
    T run() throws IOException;

    /** Returns how many bytes it moves, for the statistics; 0 if that is not known. */
    default long bytes() {
      return 0;
    }

    /** Returns the same operation with a known number of bytes. */
    static <T> Call<T> ofBytes(long bytes, Call<T> call) {
      return new SizedCall<>(bytes, call);
    }
  }

  /**
   * An operation that moves a known number of bytes.
   *
   * @param bytes how many
   * @param call what it does
   */
  record SizedCall<T>(long bytes, Call<T> call) implements Call<T> {
    @Override
    public T run() throws IOException {
      return call.run();
    }
  }
}
