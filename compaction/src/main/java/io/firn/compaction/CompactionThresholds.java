// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/**
 * From when on pages, or a file, count as fragmented; all three must hold. A measure only: which
 * files are compacted is decided by the other settings.
 *
 * @param minFragmentation least share of the bytes that dead records take, 0 to 1; default 0.30
 * @param minDeletedRecords least number of dead records; default 5
 * @param minSpaceSavingsBytes least number of bytes that would come back; default 1024
 */
public record CompactionThresholds(
    double minFragmentation, int minDeletedRecords, long minSpaceSavingsBytes) {
  private static final CompactionThresholds DEFAULTS = new CompactionThresholds(0.30, 5, 1024);

  /**
   * @throws IllegalArgumentException if the share is not from 0 to 1, or a number is negative
   */
  public CompactionThresholds {
    Checks.share("minFragmentation", minFragmentation);
    Checks.notNegative("minDeletedRecords", minDeletedRecords);
    Checks.notNegative("minSpaceSavingsBytes", minSpaceSavingsBytes);
  }

  /** Returns the defaults. */
  public static CompactionThresholds defaults() {
    return DEFAULTS;
  }
}
