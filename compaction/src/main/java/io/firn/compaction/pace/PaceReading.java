// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

import java.time.Duration;

/**
 * What was measured since the last step of the controller.
 *
 * @param elapsed time since then
 * @param debtBytes bytes that all files take above the space target now
 * @param freeBytes bytes that may still be written before the limit of the store is met
 * @param consumedBytes bytes of space that writers have taken since then
 * @param cost bytes to read and write for each byte that comes back, by the plan; at least 1
 * @param latencyRatio readers' latency against that with nothing to compact; 1 if unknown
 */
public record PaceReading(
    Duration elapsed,
    long debtBytes,
    long freeBytes,
    long consumedBytes,
    double cost,
    double latencyRatio) {
  /**
   * @throws IllegalArgumentException if a number is negative or not finite, or the cost is below 1
   */
  public PaceReading {
    if (elapsed.isNegative() || debtBytes < 0 || freeBytes < 0 || consumedBytes < 0) {
      throw new IllegalArgumentException(
          "elapsed "
              + elapsed
              + ", debt "
              + debtBytes
              + ", free "
              + freeBytes
              + ", consumed "
              + consumedBytes);
    }
    if (!(cost >= 1 && cost < Double.POSITIVE_INFINITY)
        || !(latencyRatio >= 0 && latencyRatio < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("cost " + cost + ", latency ratio " + latencyRatio);
    }
  }
}
