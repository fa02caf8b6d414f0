// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Ordinary locks, and a count of the announced growths. */
final class PlainThreads implements Threads {
  final AtomicInteger growths = new AtomicInteger();

  @Override
  public Lock newLock(String name) {
    return new ReentrantLock();
  }

  @Override
  public void step(Step step) {
    if (step == Step.GROW) {
      growths.incrementAndGet();
    }
  }

  @Override
  public void yieldNow() {
    Thread.onSpinWait();
  }

  @Override
  public AgentHandle start(Agent agent) {
    throw new UnsupportedOperationException();
  }
}
