// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/**
 * A store as the controller sees it: writers make garbage, compaction takes it away a second after
 * it was told to, readers get slower with the pace.
 */
final class Plant {
  static final double STEP_SECONDS = 0.1;
  private static final int DELAY_STEPS = 10;

  /** Something that decides the pace. */
  interface Controller {
    /** Returns the pace until the next step, in bytes per second. */
    double pace(PaceReading reading);
  }

  /** What was so at one step. */
  record Sample(double seconds, double load, double pace, double debtBytes, double latencyRatio) {}

  final double cost;
  double believedCost;
  double limitBytes = 1e12;
  double slowdownAtFullPace;
  double debtBytes;

  Plant(double cost) {
    this.cost = cost;
    this.believedCost = cost;
  }

  /** Runs with writers that make garbage at a rate that depends on the time, with noise. */
  List<Sample> run(Controller controller, double seconds, DoubleUnaryOperator load, Random noise) {
    List<Sample> samples = new ArrayList<>();
    Deque<Double> onTheWay = new ArrayDeque<>();
    double latencyRatio = 1;
    for (int i = 0; i < DELAY_STEPS; i++) {
      onTheWay.add(0.0);
    }
    for (int i = 0; i * STEP_SECONDS < seconds; i++) {
      double now = i * STEP_SECONDS;
      double rate = load.applyAsDouble(now) * (0.9 + 0.2 * noise.nextDouble());
      double made = rate * STEP_SECONDS;
      debtBytes = Math.max(0, debtBytes + made - onTheWay.remove() * STEP_SECONDS / cost);
      double pace =
          controller.pace(
              new PaceReading(
                  Duration.ofMillis(100),
                  (long) debtBytes,
                  (long) Math.max(0, limitBytes - debtBytes),
                  (long) made,
                  believedCost,
                  latencyRatio));
      onTheWay.add(pace);
      latencyRatio =
          1 + slowdownAtFullPace * pace / PaceSettings.defaults().ceilingBytesPerSecond();
      samples.add(new Sample(now, load.applyAsDouble(now), pace, debtBytes, latencyRatio));
    }
    return samples;
  }
}
