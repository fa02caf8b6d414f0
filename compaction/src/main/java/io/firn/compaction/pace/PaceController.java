// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

import java.time.Duration;

/**
 * Decides how fast compaction goes: as fast as space is consumed, so that debt stays the same,
 * faster with more debt and less free space, slower when readers become slow. A pure function: what
 * it remembers is in {@link PaceState}.
 */
public final class PaceController {
  /*
   * Let d be the debt above the wanted one, w the bytes that writers consume per second, T the time
   * to catch up. Bytes come back at w' + d/T, where w' is w smoothed, so d' = w - w' - d/T: the
   * first part vanishes with the smoothing, the second decays with T and cannot overshoot while the
   * delay between a decision and its effect is below T/e. (A product of gain and delay above pi/2
   * would oscillate.) A wrong cost shifts where d comes to rest, but does not let it drift. While
   * the debt is below what is consumed in T, w' counts in proportion, so that the pace falls to 0
   * with the debt and not at once: a wanted debt below that is exceeded, up to its middle with w'T.
   *
   * Scarcity s goes from 0 to 1 as the time in which free space runs out falls to 0. It shortens T
   * to a half, and takes the restraint away: with no space left, readers wait too.
   *
   * The restraint integrates: each step multiplies it by (limit / ratio)^(dt / 4 s), so that it
   * comes to rest where the ratio is at the limit, or at 1 where it is below.
   */
  private static final double SMOOTHING_SECONDS = 2.0;
  private static final double RESTRAINT_SECONDS = 4.0;
  private static final double LEAST_RESTRAINT = 0.02;
  private static final double LARGEST_STEP = 2.0;
  private static final double SCARCE_CATCH_UP = 0.5;

  private PaceController() {}

  /** Returns the next state: the pace until the next step, and what is remembered. */
  public static PaceState next(PaceState state, PaceReading reading, PaceSettings settings) {
    double seconds = seconds(reading.elapsed());
    if (seconds == 0) {
      return state;
    }
    double consumed = smoothed(state, reading, seconds);
    double scarcity = scarcity(reading.freeBytes(), consumed, settings);
    double restraint = restraint(state, reading, settings, seconds);
    double pace = wanted(reading, consumed, scarcity, settings) * reading.cost();
    pace *= Math.max(restraint, scarcity);
    if (reading.debtBytes() > 0) {
      pace = Math.max(pace, (double) settings.floorBytesPerSecond());
    }
    if (reading.freeBytes() == 0) {
      pace = settings.ceilingBytesPerSecond();
    }
    long bounded = (long) Math.min(pace, (double) settings.ceilingBytesPerSecond());
    return new PaceState(bounded, consumed, restraint);
  }

  private static double smoothed(PaceState state, PaceReading reading, double seconds) {
    double now = reading.consumedBytes() / seconds;
    double weight = 1 - Math.exp(-seconds / SMOOTHING_SECONDS);
    return state.consumedPerSecond() + weight * (now - state.consumedPerSecond());
  }

  /** Returns the bytes per second that should come back. */
  private static double wanted(
      PaceReading reading, double consumed, double scarcity, PaceSettings settings) {
    double catchUp = seconds(settings.catchUp());
    double inFull = Math.max((double) settings.wantedDebtBytes(), consumed * catchUp);
    double follow = inFull == 0 ? 0 : consumed * Math.min(1, reading.debtBytes() / inFull);
    double above = (double) reading.debtBytes() - settings.wantedDebtBytes();
    return Math.max(0, follow + above / (catchUp * (1 - scarcity * (1 - SCARCE_CATCH_UP))));
  }

  /** Returns 0 while free space lasts, to 1 when there is none. */
  private static double scarcity(long freeBytes, double consumed, PaceSettings settings) {
    double lasting = consumed * seconds(settings.scarceTime());
    return freeBytes >= lasting ? 0 : 1 - freeBytes / lasting;
  }

  private static double restraint(
      PaceState state, PaceReading reading, PaceSettings settings, double seconds) {
    double excess = settings.latencyLimit() / Math.max(reading.latencyRatio(), 1e-3);
    double step = Math.min(LARGEST_STEP, Math.max(1 / LARGEST_STEP, excess));
    double next = state.restraint() * Math.pow(step, seconds / RESTRAINT_SECONDS);
    return Math.min(1, Math.max(LEAST_RESTRAINT, next));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
