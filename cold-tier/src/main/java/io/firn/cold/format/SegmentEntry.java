// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * A segment of a table; the first five fields repeat its header.
 *
 * @param number of the segment in the table
 * @param capacity largest size of the file in bytes
 * @param streamClass lifetime class, 0 to 65,535
 * @param lsnBase of its records
 * @param timeBaseMillis of its records
 * @param latestExpiryMillis when all of its records have expired that the log does not hold from
 *     where redo starts; {@link Long#MAX_VALUE} if one of them never does, {@link #EXPIRY_UNKNOWN},
 *     or {@link Long#MIN_VALUE} if there is none
 * @param liveCharge bytes charged to live records; a hint until the index has been loaded
 * @param liveRecords how many live records; a hint as well
 */
public record SegmentEntry(
    int number,
    long capacity,
    int streamClass,
    long lsnBase,
    long timeBaseMillis,
    long latestExpiryMillis,
    long liveCharge,
    long liveRecords) {
  /** As the latest expiry: unknown until the records are read; later than any that is meant. */
  public static final long EXPIRY_UNKNOWN = Long.MAX_VALUE - 1;

  /** Returns the entry of a segment of which nothing is known but its header. */
  public static SegmentEntry of(LogFrame.SegmentCreate create) {
    return new SegmentEntry(
        create.segment(),
        create.capacity(),
        create.streamClass(),
        create.lsnBase(),
        create.timeBaseMillis(),
        EXPIRY_UNKNOWN,
        0,
        0);
  }
}
