// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Lends operating system threads to tasks; nothing that one seed leaves in them reaches another.
 */
final class SimOsThreads {
  private static final ExecutorService POOL =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          5,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          SimOsThreads::newThread);

  private SimOsThreads() {}

  static void execute(Runnable body) {
    POOL.execute(body);
  }

  private static Thread newThread(Runnable body) {
    Thread thread = new Thread(body, "sim");
    thread.setDaemon(true);
    return thread;
  }
}
