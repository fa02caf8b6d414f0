// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.JobKind;
import java.time.Duration;
import java.util.List;

/** Jobs and reports for tests. */
final class Jobs {
  static final long SECOND = 1_000_000_000L;

  private Jobs() {}

  static Job job(long id, int table, int priority, Integer... segments) {
    return job(id, table, JobKind.FILES, 1000, priority, segments);
  }

  static Job job(
      long id, int table, JobKind kind, long plannedBytes, int priority, Integer... segments) {
    return new Job(
        id,
        table,
        "books",
        kind,
        List.of(segments),
        plannedBytes,
        plannedBytes / 2,
        true,
        60 * SECOND,
        2 * SECOND,
        Job.BY_ITSELF,
        priority,
        "a test",
        null);
  }

  static Job byHand(long id, int table, Integer... segments) {
    return new Job(
        id,
        table,
        "books",
        JobKind.FILES,
        List.of(segments),
        1000,
        500,
        false,
        60 * SECOND,
        2 * SECOND,
        1_000,
        500,
        "asked for by hand",
        null);
  }

  static JobReport report(Job job, JobReport.State state, long done, String reason) {
    return new JobReport(
        job.id(),
        0,
        state,
        done,
        done / 10,
        done / 2,
        1,
        job.segments().size(),
        5_000,
        state == JobReport.State.RUNNING ? 5_000 : 3_000,
        Duration.ofMillis(7),
        reason,
        state == JobReport.State.YIELDED ? rest(done) : null);
  }

  /** Returns where a job goes on whose first segment is half done. */
  static JobRest rest(long done) {
    return new JobRest(0, 2, false, 0, done, done / 10, done / 2, 1, 5_000, 1_000, 7_000_000);
  }
}
