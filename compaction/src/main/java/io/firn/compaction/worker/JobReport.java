// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
 * @param duration how long it has worked, without what it waited between its turns
 * @param reason why it failed or was given up; empty otherwise
 * @param rest where it goes on if it has given way; null otherwise
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
    String reason,
    @Nullable JobRest rest) {
  /** How far a job is. */
  enum State {
    RUNNING,
    YIELDED,
    COMPLETED,
    FAILED,
    ABANDONED
  }

  /** Returns the report of a worker that cannot begin a job, or go on with it. */
  static JobReport refused(Job job, int worker, String why) {
    JobRest rest = job.rest();
    return new JobReport(
        job.id(),
        worker,
        State.FAILED,
        rest == null ? 0 : Math.min(rest.doneBytes(), job.plannedBytes()),
        rest == null ? 0 : rest.records(),
        rest == null ? 0 : rest.movedBytes(),
        rest == null ? 0 : rest.removed(),
        0,
        rest == null ? 0 : rest.bytesBefore(),
        rest == null ? 0 : rest.bytesBefore(),
        rest == null ? Duration.ZERO : Duration.ofNanos(rest.workNanos()),
        why,
        null);
  }

  /** Returns how a job ended that was given up after it had given way. */
  JobReport abandoned(String why) {
    return new JobReport(
        jobId,
        worker,
        State.ABANDONED,
        doneBytes,
        records,
        movedBytes,
        removed,
        files,
        bytesBefore,
        bytesAfter,
        duration,
        why,
        null);
  }
}
