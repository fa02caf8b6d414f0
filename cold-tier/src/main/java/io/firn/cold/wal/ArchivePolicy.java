// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import java.time.Duration;

/**
 * Which log segments are kept, compressed, after no recovery needs them any more. The oldest go
 * first, as soon as one of the bounds is passed, and all of them before the store runs out of
 * space. Immutable.
 *
 * @param maximumSegments how many are kept; 0 for none at all
 * @param maximumBytes how many bytes they may take, compressed
 * @param maximumAge how long each is kept
 */
public record ArchivePolicy(int maximumSegments, long maximumBytes, Duration maximumAge) {
  /** Keeps nothing. */
  public static final ArchivePolicy NONE = new ArchivePolicy(0, 0, Duration.ZERO);

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public ArchivePolicy {
    if (maximumSegments < 0 || maximumBytes < 0 || maximumAge.isNegative()) {
      throw new IllegalArgumentException(
          "archive of "
              + maximumSegments
              + " segments, "
              + maximumBytes
              + " bytes, "
              + maximumAge
              + "; none may be negative");
    }
  }

  /** Tells whether nothing is kept. */
  public boolean isNone() {
    return maximumSegments == 0 || maximumBytes == 0;
  }
}
