// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.SteadyThread;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs calls on threads that nobody interrupts, while the caller waits; its interrupt flag stays as
 * it is. The threads end when they have been idle for a while, so nothing has to be closed.
 */
final class Uninterrupted {
  private static final int THREADS = 4;
  private static final long IDLE_SECONDS = 5;
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ThreadPoolExecutor POOL = pool();

  private Uninterrupted() {}

  private static ThreadPoolExecutor pool() {
    /* The queue needs no bound of its own: every caller waits for its one call. */
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> new SteadyThread(work, "firn-io-steady-" + NUMBER.incrementAndGet()));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Runs a call here if this thread is never interrupted, otherwise on one that is not. */
  static <T> T call(AsyncIo.Call<T> call) throws IOException {
    if (SteadyThread.isCurrent()) {
      return call.run();
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    POOL.execute(() -> answer(call, answer));
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw IoErrors.rethrown(e.getCause());
    }
  }

  /** Does what {@link #call} does, for a call without a result. */
  static void run(Action action) throws IOException {
    boolean done =
        call(
            () -> {
              action.run();
              return true;
            });
    assert done;
  }

  /** A call without a result. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  private static <T> void answer(AsyncIo.Call<T> call, CompletableFuture<T> answer) {
    T result;
    try {
      result = call.run();
    } catch (IOException | RuntimeException | Error e) {
      answer.completeExceptionally(e);
      return;
    }
    answer.complete(result);
  }
}
