// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

/**
 * What a page held at one moment.
 *
 * @param segment number of its segment
 * @param page its number in the segment
 * @param pageBytes its size
 * @param usedBytes bytes of it that hold records, dead ones included
 * @param liveBytes bytes of it that hold live records; a charge may be a little above the page
 * @param deadRecordsEstimate about how many dead records it holds
 * @param accessFrequency how often it is read against the others, 0 to 1
 * @param idleMillis time since it was written, or looked at by a compaction
 * @param sealed whether nothing is written into it any more
 */
public record PageFacts(
    int segment,
    int page,
    int pageBytes,
    int usedBytes,
    int liveBytes,
    int deadRecordsEstimate,
    double accessFrequency,
    long idleMillis,
    boolean sealed) {
  /**
   * @throws IllegalArgumentException if a number is negative or outside its range
   */
  public PageFacts {
    if (segment < 0 || page < 0 || usedBytes < 0 || usedBytes > pageBytes || liveBytes < 0) {
      throw new IllegalArgumentException(
          "page " + segment + ":" + page + ", used " + usedBytes + ", live " + liveBytes);
    }
    if (deadRecordsEstimate < 0 || idleMillis < 0) {
      throw new IllegalArgumentException("dead " + deadRecordsEstimate + ", idle " + idleMillis);
    }
    if (!(accessFrequency >= 0 && accessFrequency <= 1)) {
      throw new IllegalArgumentException("accessFrequency " + accessFrequency);
    }
  }

  /** Returns how its bytes are used. What lives nowhere in it leaves it free as a whole. */
  public FragmentationMetrics metrics() {
    int live = Math.min(liveBytes, usedBytes);
    int contiguous = live == 0 ? pageBytes : pageBytes - usedBytes;
    return new FragmentationMetrics(pageBytes, live, usedBytes - live, contiguous);
  }
}
