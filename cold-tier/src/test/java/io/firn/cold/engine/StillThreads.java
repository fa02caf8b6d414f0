// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Threads whose agents work only when a test says so, on the test's own thread. */
final class StillThreads implements Threads {
  private final List<Agent> agents = new CopyOnWriteArrayList<>();
  private @Nullable Step awaited;
  private Runnable then = () -> {};
  private Runnable onYield = () -> {};

  @Override
  public Lock newLock(String name) {
    return new ReentrantLock();
  }

  @Override
  public void step(Step step) {
    if (step == awaited) {
      awaited = null;
      then.run();
    }
  }

  /** Runs an action the next time that a step is announced, on the thread that announces it. */
  void at(Step step, Runnable action) {
    awaited = step;
    then = action;
  }

  @Override
  public void yieldNow() {
    Runnable action = onYield;
    onYield = () -> {};
    action.run();
  }

  /** Runs an action the next time that a thread gives way, on that thread. */
  void atYield(Runnable action) {
    onYield = action;
  }

  @Override
  public AgentHandle start(Agent agent) {
    agents.add(agent);
    return new AgentHandle() {
      @Override
      public void wake() {}

      @Override
      public void close() {
        agents.remove(agent);
      }
    };
  }

  /** Lets every agent do one slice of its work; tells how much was done. */
  int work() {
    int done = 0;
    for (Agent agent : agents) {
      done += agent.doWork();
    }
    return done;
  }
}
