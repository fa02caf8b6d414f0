// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.Step;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

class SimCrashTest {
  private static final int SEEDS = 40;

  @Test
  void aCrashUnwindsEveryTaskThroughItsFinallyBlocks() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime()).crashAt(40 + seed);
      Lock lock = threads.newLock("shared");
      int[] open = new int[1];
      for (int t = 0; t < 5; t++) {
        threads.spawn("task " + t, () -> workForEver(threads, lock, open));
      }
      assertThat(threads.run()).isEqualTo(SimOutcome.CRASHED);
      assertThat(open[0]).isZero();
      assertThat(threads.steps()).isEqualTo(40 + seed);
      assertThat(threads.crashPlace()).contains("step " + (40 + seed));
      assertThatThrownBy(() -> threads.step(Step.READ)).isInstanceOf(SimCrash.class);
      assertThatThrownBy(lock::lock).isInstanceOf(SimCrash.class);
    }
  }

  private static void workForEver(SimThreads threads, Lock lock, int[] open) {
    open[0]++;
    try {
      while (threads.steps() >= 0) {
        lock.lock();
        try {
          threads.step(Step.READ);
        } finally {
          threads.step(Step.DEBITED);
          lock.unlock();
        }
      }
    } finally {
      open[0]--;
      assertCrashesAgain(threads, lock);
    }
  }

  private static void assertCrashesAgain(SimThreads threads, Lock lock) {
    assertThatThrownBy(() -> threads.step(Step.READ)).isInstanceOf(SimCrash.class);
    assertThatThrownBy(lock::lock).isInstanceOf(SimCrash.class);
    assertThatThrownBy(threads::yieldNow).isInstanceOf(SimCrash.class);
    assertThatThrownBy(() -> threads.sleep(1)).isInstanceOf(SimCrash.class);
  }

  @Test
  void aCrashReachesWaitersOfConditionsAndAgentHandles() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime());
      Lock lock = threads.newLock("shared");
      Condition never = lock.newCondition();
      threads.spawn(
          "waiter",
          () -> {
            lock.lock();
            try {
              while (threads.steps() >= 0) {
                never.awaitUninterruptibly();
              }
            } finally {
              lock.unlock();
            }
          });
      threads.spawn(
          "crasher",
          () -> {
            threads.sleep(1_000);
            threads.crashNow();
          });
      assertThat(threads.run()).isEqualTo(SimOutcome.CRASHED);
    }
  }

  @Test
  void aCrashCanBeTiedToAKindOfStep() {
    SimThreads threads = new SimThreads(4, new ManualTime()).crashAt(Step.LSN_TAKEN, 3);
    int[] published = new int[1];
    threads.spawn(
        "writer",
        () -> {
          for (int i = 0; i < 10; i++) {
            threads.step(Step.LSN_TAKEN);
            published[0]++;
            threads.step(Step.PUBLISHED);
          }
        });
    assertThat(threads.run()).isEqualTo(SimOutcome.CRASHED);
    assertThat(published[0]).isEqualTo(2);
    assertThat(threads.crashStep()).isEqualTo(Step.LSN_TAKEN);
  }

  @Test
  void whatATaskThrowsAfterTheCrashIsNoFailure() {
    SimThreads threads = new SimThreads(4, new ManualTime()).crashAt(2);
    threads.spawn(
        "translator",
        () -> {
          try {
            threads.step(Step.READ);
            threads.step(Step.READ);
          } catch (SimCrash crash) {
            throw new IllegalStateException("translated", crash);
          }
        });
    assertThat(threads.run()).isEqualTo(SimOutcome.CRASHED);
    assertThat(threads.run()).isEqualTo(SimOutcome.CRASHED);
  }

  @Test
  void tasksThatNeverStartedDoNotRunAfterACrash() {
    SimThreads threads = new SimThreads(4, new ManualTime()).handoverChance(0);
    int[] started = new int[1];
    for (int t = 0; t < 6; t++) {
      threads.spawn(
          "task " + t,
          () -> {
            started[0]++;
            threads.crashNow();
          });
    }
    assertThat(threads.run()).isEqualTo(SimOutcome.CRASHED);
    assertThat(started[0]).isEqualTo(1);
  }
}
