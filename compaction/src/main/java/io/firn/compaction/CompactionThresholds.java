// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/**
 * From when on a page is worth evacuating; all three must hold.
 *
 * @param minFragmentation least share of its bytes that dead records take, 0 to 1; default 0.30
 * @param minDeletedRecords least number of dead records in it; default 5
 * @param minSpaceSavingsBytes least number of bytes that it would give back; default 1024
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
