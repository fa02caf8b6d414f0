// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

/**
 * What the controller has decided, and remembers for its next step.
 *
 * @param bytesPerSecond the pace: bytes that may be read and written
 * @param consumedPerSecond smoothed bytes of space that writers take
 * @param restraint what readers' latency has left of the pace, above 0 to 1
 */
public record PaceState(long bytesPerSecond, double consumedPerSecond, double restraint) {
  private static final PaceState INITIAL = new PaceState(0, 0, 1);

  /** Returns the state before anything was measured: nothing may be done yet. */
  public static PaceState initial() {
    return INITIAL;
  }
}
