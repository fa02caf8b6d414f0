// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;

@SuppressWarnings("LockNotBeforeTry") // a failing run abandons its locks
class SimThreadsTest {
  private static final int SEEDS = 60;

  private final ManualTime time = new ManualTime();

  @Test
  void sameSeedGivesTheSameRun() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(lockedRun(seed)).isEqualTo(lockedRun(seed));
    }
  }

  @Test
  void seedsGiveDifferentRuns() {
    Set<Long> hashes = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      hashes.add(lockedRun(seed));
    }
    assertThat(hashes).hasSizeGreaterThan(15);
  }

  @Test
  void tasks_haveNumbersOfTheirOwn_whateverThreadsTheyRunOn() {
    for (int round = 0; round < 3; round++) {
      SimThreads threads = new SimThreads(1, new ManualTime());
      List<Integer> numbers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        threads.spawn("task " + t, () -> numbers.add(threads.number()));
      }
      assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
      assertThat(numbers).containsExactlyInAnyOrder(1, 2, 3, 4);
      assertThat(threads.number()).isZero();
    }
  }

  private static long lockedRun(long seed) {
    SimThreads threads = new SimThreads(seed, new ManualTime());
    Lock lock = threads.newLock("counter");
    int[] counter = new int[1];
    for (int t = 0; t < 4; t++) {
      threads.spawn("task " + t, () -> countUnder(lock, threads, counter));
    }
    assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
    assertThat(counter[0]).isEqualTo(80);
    return threads.traceHash();
  }

  private static void countUnder(Lock lock, SimThreads threads, int[] counter) {
    for (int i = 0; i < 20; i++) {
      lock.lock();
      try {
        int read = counter[0];
        threads.step(Step.READ);
        counter[0] = read + 1;
      } finally {
        lock.unlock();
      }
    }
  }

  @Test
  void findsALostUpdate() {
    int found = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime());
      int[] counter = new int[1];
      for (int t = 0; t < 2; t++) {
        threads.spawn(
            "task " + t,
            () -> {
              for (int i = 0; i < 10; i++) {
                int read = counter[0];
                threads.step(Step.READ);
                counter[0] = read + 1;
              }
            });
      }
      threads.run();
      found += counter[0] < 20 ? 1 : 0;
    }
    assertThat(found).isBetween(SEEDS / 3, SEEDS);
  }

  @Test
  void breaksOnlyTheRulesThatAreNamed() {
    SimThreads threads = new SimThreads(1, time).breakRule(Rule.COMPARE_KEY);
    assertThat(threads.keeps(Rule.COMPARE_KEY)).isFalse();
    assertThat(threads.keeps(Rule.MARK_AFTER_FORCE)).isTrue();
    assertThatThrownBy(() -> threads.handoverChance(1.5)).hasMessageContaining("handoverChance");
  }

  @Test
  void findsADeadlockAndSaysWhoWaitsForWhat() {
    List<String> messages = new ArrayList<>();
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime()).handoverChance(0.3);
      Lock a = threads.newLock("a");
      Lock b = threads.newLock("b");
      threads.spawn("first", () -> takeBoth(a, b));
      threads.spawn("second", () -> takeBoth(b, a));
      try {
        threads.run();
      } catch (AssertionError failure) {
        messages.add(failure.getMessage());
      }
    }
    assertThat(messages).isNotEmpty();
    assertThat(messages.get(0))
        .contains("deadlock", "seed ", "first: waits for lock b held by second")
        .contains("second: waits for lock a held by first");
  }

  private static void takeBoth(Lock one, Lock other) {
    one.lock();
    try {
      other.lock();
      other.unlock();
    } finally {
      one.unlock();
    }
  }

  @Test
  void reportsTheFirstFailureOfATaskWithItsSeed() {
    SimThreads threads = new SimThreads(7, time);
    threads.spawn(
        "broken",
        () -> {
          throw new IllegalStateException("planted");
        });
    assertThatThrownBy(threads::run)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 7")
        .hasRootCauseMessage("planted");
  }

  @Test
  void failsARunWithoutEnd() {
    SimThreads threads = new SimThreads(3, time).stepLimit(1_000);
    threads.spawn(
        "endless",
        () -> {
          while (threads.steps() >= 0) {
            threads.step(Step.READ);
          }
        });
    assertThatThrownBy(threads::run).hasMessageContaining("no end after");
  }

  @Test
  void failsWhenTasksOnlyYield() {
    SimThreads threads = new SimThreads(3, time);
    boolean[] never = new boolean[1];
    for (int t = 0; t < 2; t++) {
      threads.spawn(
          "task " + t,
          () -> {
            while (!never[0]) {
              threads.yieldNow();
            }
          });
    }
    assertThatThrownBy(threads::run).hasMessageContaining("only yield");
  }

  @Test
  void yieldingLetsTheOtherTaskMakeItTrue() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime()).handoverChance(0);
      boolean[] ready = new boolean[1];
      threads.spawn(
          "waiter",
          () -> {
            while (!ready[0]) {
              threads.yieldNow();
            }
          });
      threads.spawn("maker", () -> ready[0] = true);
      assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
    }
  }

  @Test
  void takingALockTwiceIsAFailure() {
    SimThreads threads = new SimThreads(1, time);
    Lock lock = threads.newLock("once");
    threads.spawn(
        "twice",
        () -> {
          lock.lock();
          lock.lock();
        });
    assertThatThrownBy(threads::run).hasMessageContaining("taken again");
  }

  @Test
  void locksAndStepsWorkOutsideOfARun() {
    SimThreads threads = new SimThreads(1, time);
    Lock lock = threads.newLock("plain");
    lock.lock();
    threads.step(Step.READ);
    threads.yieldNow();
    lock.unlock();
    assertThat(lock.tryLock()).isTrue();
    lock.unlock();
    assertThat(threads.steps()).isZero();
  }

  @Test
  void pausesAndContinuesAgentsAcrossRuns() {
    SimThreads threads = new SimThreads(5, time);
    AtomicInteger slices = new AtomicInteger();
    AgentHandle handle = threads.start(agent(slices::incrementAndGet));
    threads.spawn("first", () -> waitFor(threads, slices, 5));
    assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
    int afterFirst = slices.get();
    assertThat(afterFirst).isGreaterThanOrEqualTo(5);
    threads.spawn("second", () -> waitFor(threads, slices, afterFirst + 5));
    threads.run();
    assertThat(slices.get()).isGreaterThanOrEqualTo(afterFirst + 5);
    handle.close();
    int closed = slices.get();
    threads.spawn("third", () -> threads.sleep(1_000_000_000));
    threads.run();
    assertThat(slices.get()).isEqualTo(closed);
  }

  @Test
  void closingAnAgentWaitsForItsSlice() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SimThreads threads = new SimThreads(seed, new ManualTime()).handoverChance(0.5);
      boolean[] inSlice = new boolean[1];
      AgentHandle handle =
          threads.start(
              agent(
                  () -> {
                    inSlice[0] = true;
                    threads.step(Step.READ);
                    inSlice[0] = false;
                  }));
      threads.spawn(
          "closer",
          () -> {
            threads.step(Step.READ);
            handle.close();
            assertThat(inSlice[0]).isFalse();
          });
      assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
    }
  }

  @Test
  void anIdleAgentWakesByTimeOrByCall() {
    SimThreads threads = new SimThreads(9, time).nanosPerStep(1).handoverChance(0);
    AtomicInteger slices = new AtomicInteger();
    AgentHandle handle = threads.start(agent(slices::incrementAndGet));
    threads.spawn(
        "waker",
        () -> {
          threads.sleep(10);
          int before = slices.get();
          handle.wake();
          threads.yieldNow();
          assertThat(slices.get()).isGreaterThan(before);
          int later = slices.get();
          threads.sleep(5_000_000);
          assertThat(slices.get()).isGreaterThan(later);
        });
    assertThat(threads.run()).isEqualTo(SimOutcome.DONE);
  }

  private static void waitFor(SimThreads threads, AtomicInteger counter, int value) {
    while (counter.get() < value) {
      threads.yieldNow();
    }
  }

  private static Agent agent(Runnable slice) {
    return new Agent() {
      @Override
      public int doWork() {
        slice.run();
        return 0;
      }

      @Override
      public long idleNanos() {
        return 1_000_000;
      }

      @Override
      public String roleName() {
        return "agent";
      }
    };
  }
}
