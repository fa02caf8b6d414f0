// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/**
 * The bounds of one batch: what it may hold in memory and in the log, how long its commit may hold
 * the locks of its partitions, and how long it may keep the log from getting shorter.
 *
 * @param bytes keys and values together
 * @param keys how many keys
 * @param nanos from its first call to its commit
 */
public record BatchLimits(long bytes, int keys, long nanos) {
  /** Checks that every bound admits something. */
  public BatchLimits {
    if (bytes < 1 || keys < 1 || nanos < 1) {
      throw new IllegalArgumentException(
          "a batch of at most " + bytes + " bytes, " + keys + " keys, " + nanos + " ns");
    }
  }
}
