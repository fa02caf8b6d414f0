// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import io.firn.cold.model.Loggers;
import io.firn.cold.model.SteadyThread;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.slf4j.Logger;

/**
 * Calls one agent on a thread of its own until it is closed. An agent that throws an exception goes
 * on after a pause that doubles each time it throws again at once; an error ends it.
 */
final class AgentRunner implements AgentHandle, Runnable {
  /* Waking: a waker sets `woken`, then unparks if it sees `parked`; the runner sets `parked`, then
   * parks if it sees `woken` clear. Both are volatile, so one of the two sees the other. `woken` is
   * cleared before the next slice, which therefore finds whatever its waker left. */
  static final long FIRST_PAUSE_NANOS = 1_000_000;
  static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

  private static final Logger LOG = Loggers.of(AgentRunner.class);

  private final Agent agent;
  private final BiConsumer<? super Agent, ? super Throwable> onFailure;
  private final Thread thread;
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile boolean parked;
  private volatile boolean closing;

  private AgentRunner(
      Agent agent, String name, BiConsumer<? super Agent, ? super Throwable> onFailure) {
    this.agent = agent;
    this.onFailure = onFailure;
    this.thread = new SteadyThread(this, name);
  }

  static AgentRunner start(
      Agent agent, String name, BiConsumer<? super Agent, ? super Throwable> onFailure) {
    AgentRunner runner = new AgentRunner(agent, name, onFailure);
    runner.thread.start();
    return runner;
  }

  @Override
  public void run() {
    long pauseNanos = FIRST_PAUSE_NANOS;
    while (!closing) {
      try {
        if (agent.doWork() == 0) {
          idle(agent.idleNanos());
        }
        pauseNanos = FIRST_PAUSE_NANOS;
      } catch (RuntimeException e) {
        report("goes on after a pause", e);
        pause(pauseNanos);
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
      } catch (Error e) {
        report("has ended", e);
        return;
      }
    }
  }

  private void idle(long nanos) {
    parked = true;
    if (nanos > 0 && !woken.get() && !closing) {
      LockSupport.parkNanos(this, nanos);
    }
    parked = false;
    /* A foreign interrupt would turn every later park into a busy loop. */
    if (Thread.interrupted()) {
      LOG.debug("{} was interrupted; agents stop by message only", thread.getName());
    }
    woken.set(false);
  }

  private void pause(long nanos) {
    long start = SystemTime.INSTANCE.nanoTime();
    long left = nanos;
    while (left > 0 && !closing) {
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        LOG.debug("{} was interrupted; agents stop by message only", thread.getName());
      }
      left = nanos - (SystemTime.INSTANCE.nanoTime() - start);
    }
  }

  private void report(String consequence, Throwable thrown) {
    try {
      LOG.error("{} failed and {}", thread.getName(), consequence, thrown);
      onFailure.accept(agent, thrown);
    } catch (RuntimeException e) {
      LOG.error("{}: its failure could not be handed on", thread.getName(), e);
    }
  }

  @Override
  public void wake() {
    if (!woken.get() && woken.compareAndSet(false, true) && parked) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
