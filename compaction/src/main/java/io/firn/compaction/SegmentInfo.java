// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.Objects;

/**
 * What a data file held at one moment. Bytes of records are charges: the bound of a record's size
 * class.
 *
 * @param number of the segment in its table, at least 0
 * @param path of the file, relative to the store's directory
 * @param bytes length of the file
 * @param capacityBytes the largest length that the file may have
 * @param liveBytes bytes of the records that the index refers to, expired ones included
 * @param totalRows records in the file, dead ones included
 * @param deadRows records that the index does not refer to any more, at most {@code totalRows}
 * @param expiredBytes the part of {@code liveBytes} whose expiry has passed; 0 if unknown
 * @param reusableBytes free pages, up to {@code capacityBytes}, that stand together, so that they
 *     are filled again without a rewrite
 * @param latestExpiryMillis wall time from which on all its records have expired; {@link #NEVER} if
 *     one of them never does, or if it is unknown
 * @param createdMillis wall time at which the file was created
 * @param streamClass class of the stream that filled it, at least 0
 * @param sealed whether nothing is written into it any more
 * @param reads how often its records were read from it since the store was opened, or the file
 *     created; sampled, so it comes in steps, and without what the hot tier answers
 */
public record SegmentInfo(
    int number,
    String path,
    long bytes,
    long capacityBytes,
    long liveBytes,
    long totalRows,
    long deadRows,
    long expiredBytes,
    long reusableBytes,
    long latestExpiryMillis,
    long createdMillis,
    int streamClass,
    boolean sealed,
    long reads) {
  /** Value of {@code latestExpiryMillis} of a file in which something never expires. */
  public static final long NEVER = Long.MAX_VALUE;

  /**
   * @throws IllegalArgumentException if a count is negative, or a part is larger than its whole
   */
  public SegmentInfo {
    Objects.requireNonNull(path, "path");
    Checks.notNegative("number", number);
    Checks.within("bytes", bytes, 0, capacityBytes);
    Checks.notNegative("liveBytes", liveBytes);
    Checks.notNegative("totalRows", totalRows);
    Checks.within("deadRows", deadRows, 0, totalRows);
    Checks.within("expiredBytes", expiredBytes, 0, liveBytes);
    Checks.within("reusableBytes", reusableBytes, 0, capacityBytes);
    Checks.notNegative("streamClass", streamClass);
    Checks.notNegative("reads", reads);
  }

  /**
   * Returns the bytes of the file that a rewrite would give back: dead, expired and unused ones.
   */
  public long garbageBytes() {
    return Math.max(0, bytes - usefulBytes());
  }

  /**
   * Returns the bytes that nothing but a rewrite gives back: the {@link #garbageBytes} without free
   * pages that are filled again.
   */
  public long lostBytes() {
    return Math.max(0, Math.min(bytes, capacityBytes - reusableBytes) - usefulBytes());
  }

  /** Returns the bytes of the records that a rewrite would keep. */
  public long usefulBytes() {
    return liveBytes - expiredBytes;
  }

  /** Returns the share of its rows that are dead, 0 to 1; 0 of a file without rows. */
  public double deadRowShare() {
    return totalRows == 0 ? 0.0 : (double) deadRows / totalRows;
  }

  /**
   * Returns the share of its rows that a rewrite would not keep, 0 to 1: the dead ones, and of the
   * others the same share as of their bytes has expired.
   */
  public double garbageRowShare() {
    double dead = deadRowShare();
    return liveBytes == 0 ? dead : dead + (1 - dead) * expiredBytes / liveBytes;
  }
}
