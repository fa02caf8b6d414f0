// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.util.SplittableRandom;

/**
 * Draws ranks from 0 up, rank r with a probability proportional to (r + 1) to the power of -0.99
 * (the "zipfian" load of YCSB; Cooper et al., Benchmarking Cloud Serving Systems with YCSB, SoCC
 * 2010, section 4). Immutable.
 */
final class Ranks {
  private static final double EXPONENT = 0.99;

  private final double[] cumulated;

  Ranks(long ranks) {
    cumulated = new double[Math.toIntExact(ranks)];
    double sum = 0;
    for (int rank = 0; rank < cumulated.length; rank++) {
      sum += Math.pow(rank + 1, -EXPONENT);
      cumulated[rank] = sum;
    }
  }

  /** Entries are in random order of their keys, so a rank may be an entry's number. */
  long draw(SplittableRandom random) {
    double drawn = random.nextDouble() * cumulated[cumulated.length - 1];
    int low = 0;
    int high = cumulated.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulated[middle] < drawn) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
