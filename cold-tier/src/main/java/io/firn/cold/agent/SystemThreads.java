// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import java.util.concurrent.locks.Lock;
import java.util.function.BiConsumer;

/**
 * The threads of the machine. Locks spin briefly before they park, steps cost nothing, and every
 * agent gets a daemon thread of its own, named after the prefix and the agent's role. Thread-safe.
 */
public final class SystemThreads implements Threads {
  private final String prefix;
  private final BiConsumer<? super Agent, ? super Throwable> onFailure;
  private final int processors = Runtime.getRuntime().availableProcessors();

  /**
   * Creates the seam.
   *
   * @param prefix starts the name of every thread
   * @param onFailure is told, on the agent's thread, what an agent threw, after it was logged
   */
  public SystemThreads(String prefix, BiConsumer<? super Agent, ? super Throwable> onFailure) {
    this.prefix = prefix;
    this.onFailure = onFailure;
  }

  /** Creates the seam; what an agent throws is logged only. */
  public SystemThreads(String prefix) {
    this(prefix, (agent, thrown) -> {});
  }

  @Override
  public Lock newLock(String name) {
    return new SpinningLock(name, processors);
  }

  @Override
  public void step(Step step) {}

  /* Giving way is all that a caller without a lock to wait on can do; its loop decides. */
  @Override
  @SuppressWarnings("ThreadPriorityCheck")
  public void yieldNow() {
    Thread.yield();
  }

  @Override
  public AgentHandle start(Agent agent) {
    return AgentRunner.start(agent, prefix + "-" + agent.roleName(), onFailure);
  }
}
