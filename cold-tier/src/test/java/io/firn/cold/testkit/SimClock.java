// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Moves the time of a run: a little with every step, to the next deadline when nobody can run or
 * everybody only yields, and, rarely, early towards the next deadline while others could run.
 */
final class SimClock {
  private static final long MAXIMUM_EARLY_JUMP_NANOS = 200_000_000;

  private final ManualTime time;
  private final List<SimTask> tasks;
  private final SimReadyList ready;
  private final int earlyJumpOdds;
  private long nanosPerStep;
  private long timedSteps;

  SimClock(ManualTime time, List<SimTask> tasks, SimReadyList ready, SplittableRandom random) {
    this.time = time;
    this.tasks = tasks;
    this.ready = ready;
    nanosPerStep = 100L << random.nextInt(10);
    earlyJumpOdds = 16 << random.nextInt(6);
  }

  void nanosPerStep(long nanos) {
    nanosPerStep = nanos;
  }

  int earlyJumpOdds() {
    return earlyJumpOdds;
  }

  long nanoTime() {
    return time.nanoTime();
  }

  void advance(long nanos) {
    time.advance(nanos);
  }

  /** Accounts for the steps made so far and wakes whoever has waited long enough. */
  void pass(long steps) {
    time.advance((steps - timedSteps) * nanosPerStep);
    timedSteps = steps;
    wakeExpired();
  }

  /** Returns false if nobody waits for a time. */
  boolean jumpToNextDeadline() {
    return jump(Long.MAX_VALUE);
  }

  void jumpTowardsNextDeadline() {
    boolean unused = jump(MAXIMUM_EARLY_JUMP_NANOS);
  }

  private boolean jump(long atMost) {
    long next = SimTask.NO_DEADLINE;
    for (SimTask task : tasks) {
      next = Math.min(next, task.deadline);
    }
    if (next == SimTask.NO_DEADLINE) {
      return false;
    }
    time.advance(Math.min(atMost, Math.max(0, next - time.nanoTime())));
    wakeExpired();
    return true;
  }

  private void wakeExpired() {
    long now = time.nanoTime();
    for (SimTask task : tasks) {
      if (task.deadline <= now) {
        ready.wake(task);
      }
    }
  }
}
