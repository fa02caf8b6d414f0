// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

/**
 * What bounds the batches of a page plan.
 *
 * @param readBytes the most bytes of pages in a batch; one page always fits
 * @param copyBytes the most bytes of live records in a batch; one page always fits
 * @param wantedBytes bytes that shall come back; more are not planned than needed for that
 * @param bytesPerSecond bytes read and written in a second, at least 1, for the estimates
 */
public record PageLimits(long readBytes, long copyBytes, long wantedBytes, long bytesPerSecond) {
  /**
   * @throws IllegalArgumentException if a bound is negative or the speed is not positive
   */
  public PageLimits {
    if (readBytes < 0 || copyBytes < 0 || wantedBytes < 0 || bytesPerSecond < 1) {
      throw new IllegalArgumentException(
          "read "
              + readBytes
              + ", copy "
              + copyBytes
              + ", wanted "
              + wantedBytes
              + ", speed "
              + bytesPerSecond);
    }
  }
}
