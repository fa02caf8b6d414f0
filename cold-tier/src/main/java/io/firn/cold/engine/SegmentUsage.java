// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/**
 * What a data file is used for at one moment.
 *
 * @param number of the segment in its table
 * @param path of the file in the store's directory
 * @param fileBytes length of the file
 * @param capacityBytes what the segment may grow to, which is what it is charged with
 * @param pageBytes size of its pages
 * @param freePages pages without any record
 * @param reusablePages those of them that stand together, so that a stream takes them again
 * @param liveBytes charges of its live records
 * @param liveRecords number of its live records
 * @param createdMillis wall time at which it was created
 * @param survivors whether records go there that were moved out of other pages
 * @param streamClass class of the stream that fills it
 * @param latestExpiryMillis wall time from which on all its live records have expired; {@link
 *     Long#MAX_VALUE} if one never does, or if it is not known
 * @param expiryKnown whether the expiry of its records is known; it is not of files of an earlier
 *     opening
 * @param expiredBytes charges of live records that have expired, estimated
 * @param filling whether a stream fills it now, or its last pages are not sealed yet
 * @param reads how often its records were read for callers since the store was opened, or the file
 *     created, whether from the disk or from memory; sampled
 */
public record SegmentUsage(
    int number,
    String path,
    long fileBytes,
    long capacityBytes,
    int pageBytes,
    int freePages,
    int reusablePages,
    long liveBytes,
    long liveRecords,
    long createdMillis,
    boolean survivors,
    int streamClass,
    long latestExpiryMillis,
    boolean expiryKnown,
    long expiredBytes,
    boolean filling,
    long reads) {
  /** Returns the bytes of the pages that a stream takes again. */
  public long reusableBytes() {
    return (long) reusablePages * pageBytes;
  }

  /** Returns the bytes of its pages that hold records, dead ones included. */
  public long usedBytes() {
    return capacityBytes - (long) freePages * pageBytes;
  }
}
