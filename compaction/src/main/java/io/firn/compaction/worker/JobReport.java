// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import java.time.Duration;

/**
 * What a worker tells of its job. Immutable.
 *
 * @param jobId the job
 * @param worker who works at it
 * @param state how far it is
 * @param doneBytes bytes of the pages worked through
 * @param records records moved or removed so far
 * @param movedBytes bytes of the copies made so far
 * @param removed entries removed so far because they had expired or were evicted
 * @param files files that are gone
 * @param bytesBefore lengths of the files that are emptied, and of those that take the survivors,
 *     before the job
 * @param bytesAfter lengths of the same files, and of new ones for survivors, now
 * @param duration how long it has run
 * @param reason why it failed or was given up; empty otherwise
 */
record JobReport(
    long jobId,
    int worker,
    State state,
    long doneBytes,
    long records,
    long movedBytes,
    long removed,
    int files,
    long bytesBefore,
    long bytesAfter,
    Duration duration,
    String reason) {
  /** How far a job is. */
  enum State {
    RUNNING,
    COMPLETED,
    FAILED,
    ABANDONED
  }
}
