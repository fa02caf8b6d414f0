// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SystemThreadsTest {
  private static final long FOREVER = TimeUnit.DAYS.toNanos(1);

  private record TestAgent(long idleNanos, IntSupplier work) implements Agent {
    @Override
    public int doWork() {
      return work.getAsInt();
    }

    @Override
    public String roleName() {
      return "role";
    }
  }

  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final SystemThreads threads =
      new SystemThreads("test", (agent, thrown) -> failures.add(thrown));

  @Test
  void runsAnAgentOnADaemonThreadNamedAfterIt() throws InterruptedException {
    BlockingQueue<Thread> seen = new LinkedBlockingQueue<>();
    Agent agent =
        new TestAgent(
            FOREVER,
            () -> {
              seen.add(Thread.currentThread());
              return 0;
            });
    Thread thread;
    try (AgentHandle handle = threads.start(agent)) {
      thread = seen.take();
      assertThat(thread.getName()).isEqualTo("test-role");
      assertThat(thread.isDaemon()).isTrue();
      handle.wake();
    }
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void callsAgainAtOnceWhileThereIsWork() throws InterruptedException {
    AtomicInteger left = new AtomicInteger(1_000);
    CountDownLatch done = new CountDownLatch(1);
    Agent agent =
        new TestAgent(
            FOREVER,
            () -> {
              if (left.get() == 0) {
                done.countDown();
                return 0;
              }
              return left.getAndDecrement();
            });
    try (AgentHandle handle = new SystemThreads("plain").start(agent)) {
      done.await();
      assertThat(left).hasValue(0);
      handle.wake();
    }
  }

  @Test
  void callsAgainWhenTheIdleTimeIsOver() throws InterruptedException {
    CountDownLatch calls = new CountDownLatch(5);
    Agent agent =
        new TestAgent(
            1_000,
            () -> {
              calls.countDown();
              return 0;
            });
    try (AgentHandle handle = threads.start(agent)) {
      calls.await();
      handle.wake();
    }
    assertThat(calls.getCount()).isZero();
  }

  @Test
  void everyWakeIsFollowedByACall() {
    AtomicInteger posted = new AtomicInteger();
    Semaphore handled = new Semaphore(0);
    Agent agent =
        new TestAgent(
            FOREVER,
            () -> {
              int taken = posted.getAndSet(0);
              handled.release(taken);
              return 0;
            });
    try (AgentHandle handle = threads.start(agent)) {
      for (int i = 0; i < 2_000; i++) {
        posted.incrementAndGet();
        handle.wake();
        handled.acquireUninterruptibly();
      }
    }
    assertThat(handled.availablePermits()).isZero();
  }

  @Test
  void goesOnAfterAnException() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch recovered = new CountDownLatch(1);
    Agent agent =
        new TestAgent(
            FOREVER,
            () -> {
              if (calls.incrementAndGet() <= 2) {
                throw new IllegalStateException("call " + calls.get());
              }
              recovered.countDown();
              return 0;
            });
    try (AgentHandle handle = threads.start(agent)) {
      recovered.await();
      handle.wake();
    }
    assertThat(failures).extracting(Throwable::getMessage).containsExactly("call 1", "call 2");
  }

  @Test
  void endsAfterAnError() throws InterruptedException {
    AssertionError error = new AssertionError("planted");
    AtomicInteger calls = new AtomicInteger();
    Agent agent =
        new TestAgent(
            1,
            () -> {
              calls.incrementAndGet();
              throw error;
            });
    try (AgentHandle handle = threads.start(agent)) {
      assertThat(failures.take()).isSameAs(error);
      handle.wake();
    }
    assertThat(calls).hasValue(1);
  }

  @Test
  void survivesAFailingHandler() throws InterruptedException {
    CountDownLatch calls = new CountDownLatch(2);
    SystemThreads rude =
        new SystemThreads(
            "rude",
            (agent, thrown) -> {
              throw new IllegalArgumentException("handler");
            });
    Agent agent =
        new TestAgent(
            1,
            () -> {
              calls.countDown();
              throw new IllegalStateException("agent");
            });
    try (AgentHandle handle = rude.start(agent)) {
      calls.await();
      handle.wake();
    }
    assertThat(calls.getCount()).isZero();
  }

  @Test
  void aForeignInterruptNeitherStopsNorSpinsAnAgent() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    Semaphore called = new Semaphore(0);
    Agent agent =
        new TestAgent(
            FOREVER,
            () -> {
              if (calls.incrementAndGet() == 1) {
                Thread.currentThread().interrupt();
              }
              called.release();
              return 0;
            });
    try (AgentHandle handle = threads.start(agent)) {
      called.acquire();
      handle.wake();
      called.acquire();
      handle.wake();
      called.acquire();
    }
    assertThat(calls.get()).isBetween(3, 4);
  }

  @Test
  void anAgentMayCloseItselfAndAnInterruptedCallerKeepsItsFlag() throws InterruptedException {
    BlockingQueue<AgentHandle> handles = new LinkedBlockingQueue<>();
    CountDownLatch closed = new CountDownLatch(1);
    Agent agent =
        new TestAgent(
            FOREVER,
            () -> {
              try {
                handles.take().close();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              closed.countDown();
              return 0;
            });
    AgentHandle handle = threads.start(agent);
    handles.add(handle);
    closed.await();
    Thread.currentThread().interrupt();
    handle.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failures).isEmpty();
  }

  @Test
  void stepsAndYieldsReturnAtOnce() {
    for (Step step : Step.values()) {
      threads.step(step);
    }
    threads.yieldNow();
    assertThat(threads.newLock("name").tryLock()).isTrue();
  }
}
