// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;

/**
 * What a compaction of pages or files did.
 *
 * @param files data files that it compacted
 * @param bytesBefore length of these files before
 * @param bytesAfter length of what holds their records now
 * @param duration how long it worked, without what it waited after it had given way to others
 */
public record CompactionResult(int files, long bytesBefore, long bytesAfter, Duration duration) {
  private static final CompactionResult EMPTY = new CompactionResult(0, 0, 0, Duration.ZERO);

  /**
   * @throws IllegalArgumentException if a number is negative
   */
  public CompactionResult {
    Checks.notNegative("files", files);
    Checks.notNegative("bytesBefore", bytesBefore);
    Checks.notNegative("bytesAfter", bytesAfter);
    Checks.notNegative("duration", duration);
  }

  /** Returns the result of a compaction that found nothing to do. */
  public static CompactionResult empty() {
    return EMPTY;
  }

  /** Returns the bytes that the files have become shorter by; negative if they became longer. */
  public long reclaimedBytes() {
    return bytesBefore - bytesAfter;
  }
}
