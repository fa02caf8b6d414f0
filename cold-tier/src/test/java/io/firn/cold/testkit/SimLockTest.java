// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

@SuppressWarnings("LockNotBeforeTry") // a failing run abandons its locks
class SimLockTest {
  private static final int SEEDS = 60;

  @Test
  void producersAndConsumersMeetThroughConditions() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime());
      Mailbox mailbox = new Mailbox(threads.newLock("mailbox"));
      int[] sum = new int[1];
      for (int t = 0; t < 3; t++) {
        threads.spawn("producer " + t, () -> range(i -> mailbox.put(i)));
        threads.spawn("consumer " + t, () -> range(i -> add(sum, mailbox.take())));
      }
      assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
      assertThat(sum[0]).isEqualTo(3 * 45);
    }
  }

  @Test
  void aTimeoutPassesInSimulatedTime() {
    for (long seed = 0; seed < SEEDS; seed++) {
      ManualTime time = new ManualTime();
      SimThreads threads = new SimThreads(seed, time);
      Lock lock = threads.newLock("quiet");
      Condition never = lock.newCondition();
      threads.spawn("waiter", () -> awaitTimeout(time, lock, never));
      threads.run();
      assertThat(time.nanoTime()).isBetween(5_000_000_000L, 6_000_000_000L);
    }
  }

  private static void awaitTimeout(ManualTime time, Lock lock, Condition never) {
    long left = 5_000_000_000L;
    lock.lock();
    try {
      long start = time.nanoTime();
      while (left > 0) {
        left = never.awaitNanos(left);
      }
      assertThat(time.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000_000L);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  @Test
  void aSignalIsNeverSpentOnAWaiterWhoseTimeIsOver() {
    for (long seed = 0; seed < 5 * SEEDS; seed++) {
      ManualTime time = new ManualTime();
      SimThreads threads = new SimThreads(seed, time).nanosPerStep(1_000).handoverChance(0.2);
      Lock lock = threads.newLock("lock");
      Condition changed = lock.newCondition();
      long[] timeOver = {Long.MAX_VALUE};
      int[] state = new int[1];
      threads.spawn("impatient", () -> waitFor(10_000, time, lock, changed, timeOver));
      threads.spawn("patient", () -> waitForTwo(lock, changed, state));
      threads.spawn("signaller", () -> signalAfter(time, lock, changed, timeOver, state));
      assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
    }
  }

  private static void waitFor(
      long nanos, ManualTime time, Lock lock, Condition changed, long[] timeOver) {
    lock.lock();
    try {
      timeOver[0] = time.nanoTime() + nanos;
      long left = nanos;
      while (left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  private static void waitForTwo(Lock lock, Condition changed, int[] state) {
    lock.lock();
    try {
      state[0] = 1;
      while (state[0] != 2) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Signals once, when both wait and the time of one is over. */
  private static void signalAfter(
      ManualTime time, Lock lock, Condition changed, long[] timeOver, int[] state) {
    while (state[0] != 2) {
      lock.lock();
      try {
        if (state[0] == 1 && time.nanoTime() >= timeOver[0]) {
          state[0] = 2;
          changed.signal();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @Test
  void aTimedTryLockGivesUpWhileTheHolderSleeps() {
    SimThreads threads = new SimThreads(2, new ManualTime());
    Lock lock = threads.newLock("busy");
    boolean[] taken = {true};
    threads.spawn(
        "holder",
        () -> {
          lock.lock();
          threads.spawn("trier", () -> taken[0] = tryFor(lock, 10));
          threads.sleep(1_000_000_000);
          lock.unlock();
        });
    threads.run();
    assertThat(taken[0]).isFalse();
  }

  private static boolean tryFor(Lock lock, long millis) {
    try {
      return lock.tryLock(millis, MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void signallingWithoutTheLockIsAFailure() {
    SimThreads threads = new SimThreads(2, new ManualTime());
    Condition condition = threads.newLock("free").newCondition();
    threads.spawn("signaller", condition::signal);
    assertThatThrownBy(threads::run).hasMessageContaining("IllegalMonitorStateException");
  }

  @Test
  void anInterruptedTaskIsToldWhenItAwaitsAndTheNextOneIsNot() {
    SimThreads threads = new SimThreads(2, new ManualTime());
    Lock lock = threads.newLock("lock");
    Condition condition = lock.newCondition();
    threads.spawn(
        "interrupted",
        () -> {
          Thread.currentThread().interrupt();
          threads.sleep(10);
          lock.lock();
          assertThatThrownBy(condition::await).isInstanceOf(InterruptedException.class);
          lock.unlock();
          Thread.currentThread().interrupt();
        });
    threads.run();
    threads.spawn("next", () -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
    assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
  }

  private static void add(int[] sum, int number) {
    sum[0] += number;
  }

  private static void range(java.util.function.IntConsumer action) {
    for (int i = 0; i < 10; i++) {
      action.accept(i);
    }
  }

  /** A queue of at most two numbers. */
  private static final class Mailbox {
    private final Lock lock;
    private final Condition notEmpty;
    private final Condition notFull;
    private final Deque<Integer> queue = new ArrayDeque<>();

    Mailbox(Lock lock) {
      this.lock = lock;
      notEmpty = lock.newCondition();
      notFull = lock.newCondition();
    }

    void put(int number) {
      lock.lock();
      try {
        while (queue.size() == 2) {
          notFull.awaitUninterruptibly();
        }
        queue.add(number);
        notEmpty.signal();
      } finally {
        lock.unlock();
      }
    }

    int take() {
      lock.lock();
      try {
        while (queue.isEmpty()) {
          notEmpty.awaitUninterruptibly();
        }
        notFull.signal();
        return queue.remove();
      } finally {
        lock.unlock();
      }
    }
  }
}
