// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;

/**
 * What a purge of expired records did.
 *
 * @param removed expired records that it removed, exactly
 * @param segmentsDropped data files that it deleted unread, as all in them had expired
 * @param bytesReclaimed bytes that the files have become shorter by; negative if what had to move
 *     out of them took more
 * @param duration how long it worked, without what it waited after it had given way to others
 */
public record ExpiryResult(
    long removed, int segmentsDropped, long bytesReclaimed, Duration duration) {
  private static final ExpiryResult EMPTY = new ExpiryResult(0, 0, 0, Duration.ZERO);

  /**
   * @throws IllegalArgumentException if another number is negative
   */
  public ExpiryResult {
    Checks.notNegative("removed", removed);
    Checks.notNegative("segmentsDropped", segmentsDropped);
    Checks.notNegative("duration", duration);
  }

  /** Returns the result of a purge that found nothing expired. */
  public static ExpiryResult empty() {
    return EMPTY;
  }
}
