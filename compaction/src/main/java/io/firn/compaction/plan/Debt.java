// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

/**
 * How far a store is above the space that it should take. All of its files count: data with open
 * extents and waiting pages, the log, snapshots.
 *
 * @param fileBytes length of all files
 * @param liveBytes bytes of live records that have not expired
 * @param spaceTarget bytes of files that a byte of live records may take, at least 1
 * @param allowanceBytes what even an empty store may take: log, reserve, the extents being filled
 */
public record Debt(long fileBytes, long liveBytes, double spaceTarget, long allowanceBytes) {
  /**
   * @throws IllegalArgumentException if a number is negative, or the target is below 1
   */
  public Debt {
    if (fileBytes < 0 || liveBytes < 0 || allowanceBytes < 0) {
      throw new IllegalArgumentException(
          "files " + fileBytes + ", live " + liveBytes + ", allowance " + allowanceBytes);
    }
    if (!(spaceTarget >= 1 && spaceTarget < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("spaceTarget must be at least 1, but is " + spaceTarget);
    }
  }

  /** Returns the bytes that have to come back; 0 if the store takes no more than it should. */
  public long bytes() {
    double wanted = liveBytes * spaceTarget + allowanceBytes;
    return wanted >= fileBytes ? 0 : (long) Math.ceil(fileBytes - wanted);
  }

  /** Returns the bytes of files per live byte; that of a store without live bytes is 1 if empty. */
  public double spaceAmplification() {
    if (liveBytes == 0) {
      return fileBytes == 0 ? 1.0 : Double.POSITIVE_INFINITY;
    }
    return (double) fileBytes / liveBytes;
  }
}
