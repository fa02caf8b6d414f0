// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import java.util.concurrent.locks.Lock;

/**
 * The seam through which the engine's threads meet: every lock is made here, every point at which
 * another thread could see a half-done operation is announced here, every worker is started here.
 * In production locks are {@code java.util.concurrent} locks and a step costs nothing; in the
 * simulation one seeded scheduler decides who runs at each of them.
 */
public interface Threads {
  /**
   * Returns a new lock, not reentrant as far as callers may assume. Conditions made by it work.
   *
   * @param name what it guards, for thread dumps and messages
   */
  Lock newLock(String name);

  /** Announces that the caller stands at a point where others may be seen to act. */
  void step(Step step);

  /**
   * Gives way once while the caller waits for a condition that another thread will make true and
   * that has no lock of its own; the caller loops.
   */
  void yieldNow();

  /** Starts an agent; it runs until the handle is closed. */
  AgentHandle start(Agent agent);

  /** Returns a number of the calling thread, by which threads are spread over what they share. */
  default int number() {
    return (int) Thread.currentThread().getId();
  }

  /** Tells whether a rule of the protocols is kept; a test may say no to plant a bug. */
  default boolean keeps(Rule rule) {
    return true;
  }
}
