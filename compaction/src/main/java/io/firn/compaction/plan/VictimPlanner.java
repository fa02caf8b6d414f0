// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.SegmentInfo;
import io.firn.compaction.SkipReason;
import io.firn.compaction.SkippedFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Ranks segments by {@link SegmentScore}. Pure. */
public final class VictimPlanner {
  private VictimPlanner() {}

  /**
   * Ranks.
   *
   * @param segments the files of a table, or of several
   * @param nowMillis wall time
   * @param minimumAge segments younger than this are left alone
   * @param heat how often a segment is read against the others, 0 to 1
   */
  public static VictimPlan rank(
      List<SegmentInfo> segments,
      long nowMillis,
      Duration minimumAge,
      ToDoubleFunction<? super SegmentInfo> heat) {
    List<SegmentScore> ranked = new ArrayList<>();
    List<SkippedFile> skipped = new ArrayList<>();
    for (SegmentInfo segment : segments) {
      SegmentScore score = SegmentScore.of(segment, nowMillis, heat.applyAsDouble(segment));
      if (!segment.sealed()) {
        skipped.add(new SkippedFile(segment, SkipReason.FILLING, "not sealed"));
      } else if (segment.usefulBytes() == 0) {
        skipped.add(
            new SkippedFile(
                segment, SkipReason.FREES_ITSELF, "no live bytes that have not expired"));
      } else if (score.utilisation() >= 1.0) {
        skipped.add(new SkippedFile(segment, SkipReason.HEALTHY, "no garbage"));
      } else if (score.ageMillis() < minimumAge.toMillis()) {
        skipped.add(
            new SkippedFile(
                segment,
                SkipReason.TOO_YOUNG,
                score.ageMillis() + " ms old, at least " + minimumAge.toMillis()));
      } else {
        ranked.add(score);
      }
    }
    ranked.sort(SegmentScore.BEST_FIRST);
    skipped.sort(Comparator.comparingInt(file -> file.segment().number()));
    return new VictimPlan(ranked, skipped);
  }
}
