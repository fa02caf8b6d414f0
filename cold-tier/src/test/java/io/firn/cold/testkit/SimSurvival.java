// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.SplittableRandom;

/** How a power failure treats the unforced sectors of one file: a pattern, drawn once per file. */
final class SimSurvival {
  private static final int BETWEEN_ODDS = 4;

  private final SplittableRandom random;
  private final Pattern pattern;
  private final long pivot;

  /** Draws a pattern for a file whose unforced sectors lie between two, inclusive. */
  SimSurvival(SplittableRandom random, long firstSector, long lastSector) {
    this.random = random;
    Pattern[] patterns = Pattern.values();
    pattern = patterns[random.nextInt(patterns.length)];
    pivot = firstSector + random.nextLong(lastSector - firstSector + 2);
  }

  boolean isNew(long sector) {
    return switch (pattern) {
      case NONE -> false;
      case ALL -> true;
      case HALF -> random.nextBoolean();
      case FEW -> random.nextInt(8) == 0;
      case MOST -> random.nextInt(8) != 0;
      case EARLIER -> sector < pivot;
      case LATER -> sector >= pivot;
    };
  }

  /**
   * Tells whether a version between the durable and the last one is to survive, if there is one.
   */
  boolean between() {
    return pattern != Pattern.NONE && pattern != Pattern.ALL && random.nextInt(BETWEEN_ODDS) == 0;
  }

  private enum Pattern {
    NONE,
    ALL,
    HALF,
    FEW,
    MOST,
    EARLIER,
    LATER
  }
}
