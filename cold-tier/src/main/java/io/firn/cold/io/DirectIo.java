// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Runs every operation at once, on the caller's thread. Thread-safe. */
public final class DirectIo implements AsyncIo {
  private final OperationRecorder recorder;
  private volatile boolean closed;

  /** Creates an instance that measures with the given clock. */
  public DirectIo(TimeSource time) {
    recorder = new OperationRecorder(time);
  }

  @Override
  public <T> CompletableFuture<T> submit(DiskOperation kind, Call<T> call) {
    CompletableFuture<T> future = new CompletableFuture<>();
    if (closed) {
      future.completeExceptionally(new IOException("closed, " + kind + " refused"));
    } else {
      recorder.run(kind, call, future);
    }
    return future;
  }

  @Override
  public AsyncIoStats stats() {
    return recorder.stats(0, 0);
  }

  @Override
  public void close() {
    closed = true;
  }
}
