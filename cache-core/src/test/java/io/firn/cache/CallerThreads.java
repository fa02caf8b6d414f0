// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.lang.reflect.InvocationTargetException;

/** Threads for many callers: virtual ones where the JDK has them, from 21 on. */
final class CallerThreads {
  private CallerThreads() {}

  static Thread start(Runnable task) {
    try {
      return (Thread)
          Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    } catch (NoSuchMethodException e) {
      Thread thread = new Thread(task);
      thread.start();
      return thread;
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new LinkageError("a virtual thread could not be started", e);
    }
  }
}
