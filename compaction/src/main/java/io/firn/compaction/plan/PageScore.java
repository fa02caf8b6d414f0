// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

/**
 * How much it pays to evacuate a page; every part from 0 to 1, the higher the sooner.
 *
 * @param fragmentationScore share of its bytes that are dead
 * @param accessFrequency how often it is read against the others: moving it brings what is read
 *     together
 * @param lastCompaction how long ago it was written or compacted, where 0.5 is {@link #HALF_MILLIS}
 */
public record PageScore(double fragmentationScore, double accessFrequency, double lastCompaction) {
  /** Age of a page whose {@code lastCompaction} is 0.5: one minute. */
  public static final long HALF_MILLIS = 60_000;

  /**
   * What the parts count.
   *
   * @param fragmentation of the share of dead bytes; default 0.7
   * @param access of how often it is read; default 0.1
   * @param age of how long it has been left alone; default 0.2
   */
  public record Weights(double fragmentation, double access, double age) {
    /** The defaults: what comes back decides, the rest orders pages that are about equal. */
    public static final Weights DEFAULTS = new Weights(0.7, 0.1, 0.2);

    /**
     * @throws IllegalArgumentException if one is negative
     */
    public Weights {
      if (!(fragmentation >= 0 && access >= 0 && age >= 0)) {
        throw new IllegalArgumentException(
            "weights " + fragmentation + ", " + access + ", " + age + " must not be negative");
      }
    }
  }

  /** Scores a page. */
  public static PageScore of(PageFacts page) {
    return new PageScore(
        page.metrics().fragmentationRatio(),
        page.accessFrequency(),
        (double) page.idleMillis() / ((double) page.idleMillis() + HALF_MILLIS));
  }

  /** Returns the weighted sum of the parts. */
  public double totalScore(Weights weights) {
    return weights.fragmentation * fragmentationScore
        + weights.access * accessFrequency
        + weights.age * lastCompaction;
  }
}
