// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.io.AsyncIo;
import io.firn.cold.io.AsyncIoStats;
import io.firn.cold.io.DiskOperation;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** I/O that is done at once on the thread that asks for it. */
final class CallerIo implements AsyncIo {
  @Override
  public <T> CompletableFuture<T> submit(DiskOperation kind, Call<T> call) {
    try {
      return CompletableFuture.completedFuture(call.run());
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public AsyncIoStats stats() {
    return new AsyncIoStats(Map.of(), 0, 0);
  }

  @Override
  public void close() {}
}
