// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.CompactionThresholds;
import java.util.Collection;

/**
 * How the bytes of a page, or of a segment, are used.
 *
 * @param totalSpace all bytes
 * @param usedSpace bytes of live records
 * @param deletedSpace bytes of dead records; with the used ones at most {@code totalSpace}
 * @param largestContiguous bytes of the largest piece that can be written without moving anything
 */
public record FragmentationMetrics(
    long totalSpace, long usedSpace, long deletedSpace, long largestContiguous) {
  /**
   * @throws IllegalArgumentException if a number is negative, or the parts exceed the whole
   */
  public FragmentationMetrics {
    if (usedSpace < 0 || deletedSpace < 0 || largestContiguous < 0) {
      throw new IllegalArgumentException(
          "used " + usedSpace + ", deleted " + deletedSpace + ", largest " + largestContiguous);
    }
    if (usedSpace > totalSpace - deletedSpace || largestContiguous > totalSpace) {
      throw new IllegalArgumentException(
          "used " + usedSpace + ", deleted " + deletedSpace + ", total " + totalSpace);
    }
  }

  /** Returns the metrics of several pages together; of none, all are 0. */
  public static FragmentationMetrics sum(Collection<FragmentationMetrics> pages) {
    long total = 0;
    long used = 0;
    long deleted = 0;
    long largest = 0;
    for (FragmentationMetrics page : pages) {
      total += page.totalSpace;
      used += page.usedSpace;
      deleted += page.deletedSpace;
      largest = Math.max(largest, page.largestContiguous);
    }
    return new FragmentationMetrics(total, used, deleted, largest);
  }

  /** Returns the share of dead bytes, 0 to 1; 0 of nothing. */
  public double fragmentationRatio() {
    return totalSpace == 0 ? 0.0 : (double) deletedSpace / totalSpace;
  }

  /**
   * Tells whether it is worth compacting.
   *
   * @param deadRecords number of dead records, as far as is known
   */
  public boolean exceeds(CompactionThresholds thresholds, int deadRecords) {
    return fragmentationRatio() >= thresholds.minFragmentation()
        && deadRecords >= thresholds.minDeletedRecords()
        && deletedSpace >= thresholds.minSpaceSavingsBytes();
  }
}
