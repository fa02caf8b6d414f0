// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

/**
 * A daemon thread that nobody interrupts: it is stopped by message. Calls that an interrupt would
 * tear, or would leave in doubt, run on such threads only.
 */
public final class SteadyThread extends Thread {
  /** Creates a thread that is not started yet. */
  public SteadyThread(Runnable work, String name) {
    super(work, name);
    setDaemon(true);
  }

  /** Tells whether the caller runs on such a thread. */
  public static boolean isCurrent() {
    return Thread.currentThread() instanceof SteadyThread;
  }
}
