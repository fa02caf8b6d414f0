// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.SegmentInfo;
import java.util.Comparator;

/**
 * How much it pays to evacuate a segment: cost-benefit, (1 - u) * age / (1 + u), where u is the
 * share of its bytes that is kept. Reading and writing cost 1 + u, what comes back is 1 - u, and
 * what has stayed long will stay free long: young garbage is worth waiting for, as more of it comes
 * by itself (Rosenblum and Ousterhout, "The design and implementation of a log-structured file
 * system", section 3.4). Bytes that have expired are garbage already.
 *
 * @param segment what the file holds
 * @param utilisation u, 0 to 1
 * @param ageMillis time since it was created, at least 0
 * @param heat how often it is read against the others, 0 to 1
 * @param score the higher the sooner
 */
public record SegmentScore(
    SegmentInfo segment, double utilisation, long ageMillis, double heat, double score) {
  /** Best first; equal ones by utilisation and then by number, so that a plan is repeatable. */
  static final Comparator<SegmentScore> BEST_FIRST =
      Comparator.comparingDouble(SegmentScore::score)
          .reversed()
          .thenComparingDouble(SegmentScore::utilisation)
          .thenComparingInt(score -> score.segment().number());

  /** What is read most gains a little by being put together; it never outweighs the garbage. */
  private static final double HEAT_WEIGHT = 0.25;

  /**
   * Scores a segment.
   *
   * @param nowMillis wall time; before the segment's creation it counts as that
   * @param heat how often the segment is read against the others; taken as 0 to 1
   */
  static SegmentScore of(SegmentInfo segment, long nowMillis, double heat) {
    double u =
        segment.bytes() == 0
            ? 1.0
            : Math.min(1.0, (double) segment.usefulBytes() / segment.bytes());
    long age = Math.max(0, nowMillis - segment.createdMillis());
    double bounded = heat > 0 ? Math.min(1.0, heat) : 0.0;
    double score = (1 - u) * age / (1 + u) * (1 + HEAT_WEIGHT * bounded);
    return new SegmentScore(segment, u, age, bounded, score);
  }
}
