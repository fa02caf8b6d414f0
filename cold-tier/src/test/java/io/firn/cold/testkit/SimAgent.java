// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import org.jspecify.annotations.Nullable;

/** An agent as a task: slices with a point between them, and idling in simulated time. */
final class SimAgent implements AgentHandle, Runnable {
  private final SimThreads threads;
  private final Agent agent;
  private @Nullable SimTask task;
  private boolean idle;
  private boolean woken;
  private boolean closed;

  SimAgent(SimThreads threads, Agent agent) {
    this.threads = threads;
    this.agent = agent;
  }

  String name() {
    return agent.roleName();
  }

  void begin(SimTask task) {
    this.task = task;
  }

  @Override
  public void run() {
    while (!closed && !threads.stopping()) {
      int done = agent.doWork();
      threads.point(SimTrace.SLICE);
      if (done == 0 && !woken && !closed && !threads.stopping()) {
        idle = true;
        long now = threads.nanoTime();
        long deadline = now + Math.max(1, agent.idleNanos());
        threads.block("idle", deadline < now ? SimTask.NO_DEADLINE : deadline);
        idle = false;
      }
      woken = false;
    }
  }

  @Override
  public void wake() {
    woken = true;
    if (idle && task != null && threads.inRun()) {
      threads.wake(task);
    }
  }

  @Override
  public void close() {
    closed = true;
    boolean unused = threads.agents().remove(this);
    SimTask running = task;
    if (threads.inRun() && running != null && running != threads.current()) {
      wake();
      threads.join(running);
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
