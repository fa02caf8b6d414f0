// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.SplittableRandom;

/**
 * The number of the next step at which anything is to happen: a hand-over, a crash or the limit. So
 * that a step at which nothing happens costs one comparison.
 */
final class SimPlan {
  private static final long DEFAULT_STEP_LIMIT = 200_000_000;

  private final SplittableRandom random;
  private double handoverChance;
  private long handoverAt = Long.MAX_VALUE;
  private long crashAt = Long.MAX_VALUE;
  private long stepLimit = DEFAULT_STEP_LIMIT;
  private long next;
  private int crashCode = -1;
  private long crashCodeCount;
  private long crashDelay;

  SimPlan(SplittableRandom random) {
    this.random = random;
    double draw = random.nextDouble();
    handoverChance = 0.02 + 0.58 * draw * draw;
    drawHandover(0);
  }

  void handoverChance(double chance, long steps) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new IllegalArgumentException("handoverChance " + chance + " is not within 0 and 1");
    }
    handoverChance = chance;
    drawHandover(steps);
  }

  void stepLimit(long steps) {
    stepLimit = steps;
    replan();
  }

  void crashAt(long step) {
    crashAt = step;
    replan();
  }

  void crashAt(int code, long count, long delay) {
    crashCode = code;
    crashCodeCount = count;
    crashDelay = delay;
  }

  boolean due(long step, int code, SimTrace trace) {
    return step >= next || isCrashCode(code, trace);
  }

  boolean isCrash(long step, int code, SimTrace trace) {
    if (isCrashCode(code, trace) && crashDelay > 0) {
      crashAt(step + crashDelay);
      crashCode = -1;
    }
    return step >= crashAt || isCrashCode(code, trace);
  }

  boolean isLimit(long step) {
    return step >= stepLimit;
  }

  /** Draws after how many steps the next hand-over is: as if each step had thrown a die. */
  void drawHandover(long steps) {
    long gap = Long.MAX_VALUE / 2;
    if (handoverChance >= 1) {
      gap = 1;
    } else if (handoverChance > 0) {
      gap = 1 + (long) (Math.log(1 - random.nextDouble()) / Math.log1p(-handoverChance));
    }
    handoverAt = steps + gap;
    replan();
  }

  private boolean isCrashCode(int code, SimTrace trace) {
    return code == crashCode && trace.count(code) == crashCodeCount;
  }

  private void replan() {
    next = Math.min(handoverAt, Math.min(crashAt, stepLimit));
  }
}
