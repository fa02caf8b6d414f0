// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

/**
 * The sizes of a log, in bytes. Powers of two.
 *
 * @param minimumBytes size of the first segment, at least 16 KiB
 * @param maximumBytes size up to which segments double while one lasts less than a second
 * @param aheadBytes how far above its end the log is kept zeroed
 */
public record LogShape(long minimumBytes, long maximumBytes, long aheadBytes) {
  /** The smallest log segment. */
  public static final long SMALLEST_BYTES = 16 << 10;

  /** Checks the sizes. */
  public LogShape {
    if (minimumBytes < SMALLEST_BYTES
        || maximumBytes < minimumBytes
        || Long.bitCount(minimumBytes) != 1
        || Long.bitCount(maximumBytes) != 1
        || aheadBytes < SMALLEST_BYTES / 2) {
      throw new IllegalArgumentException(
          "log sizes must be powers of two from "
              + SMALLEST_BYTES
              + ": "
              + minimumBytes
              + " to "
              + maximumBytes
              + ", ahead "
              + aheadBytes);
    }
  }

  /** Returns the longest frame that may be appended, in bytes. */
  public int maximumFrameBytes() {
    return (int) (minimumBytes / 4);
  }

  /**
   * Returns what a segment of a capacity is prepared by at a time, in bytes: never less than the
   * smallest segment, so that whatever segment is left behind can serve as the spare one.
   */
  long chunkBytes(long capacity) {
    return Math.max(minimumBytes, Math.min(aheadBytes, capacity / 2));
  }
}
