// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/**
 * What the jobs since the opening of a store add up to.
 *
 * @param performed jobs that were completed
 * @param failed jobs that failed
 * @param abandoned jobs that were given up while they ran
 * @param reclaimedBytes by how much files became shorter through jobs; negative if longer
 * @param walkedBytes bytes of the pages that jobs worked through
 * @param movedBytes bytes of the copies that jobs made
 * @param busyMillis how long jobs ran, added up, in milliseconds
 * @param paused whether background work is stopped
 */
public record CompactionTotals(
    long performed,
    long failed,
    long abandoned,
    long reclaimedBytes,
    long walkedBytes,
    long movedBytes,
    long busyMillis,
    boolean paused) {
  /** Nothing has happened. */
  public static final CompactionTotals NONE = new CompactionTotals(0, 0, 0, 0, 0, 0, 0, false);

  /** Returns how long the jobs that ran took on average, in milliseconds; 0 if none ran. */
  public long averageMillis() {
    long ran = performed + failed + abandoned;
    return ran == 0 ? 0 : busyMillis / ran;
  }
}
