// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

/**
 * A daemon thread that nobody interrupts: it is stopped by message. Calls that an interrupt would
 * tear, or would leave in doubt, run on such threads only.
 */
final class IoThread extends Thread {
  IoThread(Runnable work, String name) {
    super(work, name);
    setDaemon(true);
  }

  /** Tells whether the caller runs on such a thread. */
  static boolean isCurrent() {
    return Thread.currentThread() instanceof IoThread;
  }
}
