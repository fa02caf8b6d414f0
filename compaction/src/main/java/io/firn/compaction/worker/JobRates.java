// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import java.util.Map;

/**
 * How fast the jobs may go that run. Immutable.
 *
 * @param bytesPerSecond what a job may read, write and delete in a second, at least 1, by its id; a
 *     job that is not there is not held back
 */
record JobRates(Map<Long, Long> bytesPerSecond) {
  /** The rate of a job that is not held back. */
  static final long UNBOUNDED = Long.MAX_VALUE;

  static final JobRates NONE = new JobRates(Map.of());

  /** Copies the map. */
  public JobRates {
    bytesPerSecond = Map.copyOf(bytesPerSecond);
  }

  /** Returns the rate of a job. */
  long of(long jobId) {
    return bytesPerSecond.getOrDefault(jobId, UNBOUNDED);
  }
}
