// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.CompactionThresholds;
import io.firn.compaction.FragmentationReport;
import io.firn.compaction.HealthLevel;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.SpaceReport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Tells how well space is used. Pure. */
public final class HealthCheck {
  private static final double DEGRADED_SHARE = 0.50;

  private HealthCheck() {}

  /**
   * Returns the verdict on a page, a file, or several together.
   *
   * @param deadRecords number of dead records, as far as is known
   */
  public static HealthLevel fragmentation(
      FragmentationMetrics metrics, long deadRecords, CompactionThresholds thresholds) {
    int dead = (int) Math.min(Integer.MAX_VALUE, deadRecords);
    if (!metrics.exceeds(thresholds, dead)) {
      return HealthLevel.HEALTHY;
    }
    return metrics.fragmentationRatio() < DEGRADED_SHARE
        ? HealthLevel.FRAGMENTED
        : HealthLevel.DEGRADED;
  }

  /** Returns the verdict on the files of a table. */
  public static FragmentationReport files(
      Collection<SegmentInfo> segments, CompactionThresholds thresholds) {
    List<FragmentationMetrics> all = new ArrayList<>();
    long dead = 0;
    int fragmented = 0;
    for (SegmentInfo segment : segments) {
      if (segment.sealed()) {
        FragmentationMetrics metrics = metrics(segment);
        long rows = (long) Math.ceil(segment.garbageRowShare() * segment.totalRows());
        HealthLevel level = fragmentation(metrics, rows, thresholds);
        fragmented += level == HealthLevel.HEALTHY ? 0 : 1;
        dead += rows;
        all.add(metrics);
      }
    }
    FragmentationMetrics sum = FragmentationMetrics.sum(all);
    return new FragmentationReport(
        fragmentation(sum, dead, thresholds),
        all.size(),
        fragmented,
        sum.totalSpace(),
        sum.usedSpace(),
        sum.deletedSpace(),
        sum.fragmentationRatio());
  }

  /** A sealed file takes nothing before it was moved; only one in which nothing lives is free. */
  private static FragmentationMetrics metrics(SegmentInfo segment) {
    long used = Math.min(segment.usefulBytes(), segment.bytes());
    return new FragmentationMetrics(
        segment.bytes(), used, segment.bytes() - used, used == 0 ? segment.bytes() : 0);
  }

  /**
   * Returns how much space a store takes.
   *
   * @param fileBytes length of all its files
   * @param tables the data files of each table
   */
  public static SpaceReport space(long fileBytes, Collection<List<SegmentInfo>> tables) {
    long live = 0;
    long debt = 0;
    for (List<SegmentInfo> segments : tables) {
      long bytes = segments.stream().mapToLong(SegmentInfo::bytes).sum();
      long useful = segments.stream().mapToLong(SegmentInfo::usefulBytes).sum();
      debt += new Debt(bytes, useful, AutoPlanner.SPACE_TARGET, 0).bytes();
      live += useful;
    }
    return new SpaceReport(
        fileBytes,
        live,
        debt,
        new Debt(fileBytes, live, AutoPlanner.SPACE_TARGET, 0).spaceAmplification());
  }
}
