// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.CompactionResult;
import io.firn.compaction.JobOutcome;
import java.time.Duration;

/**
 * How a job ended, for whoever asked for it. Immutable.
 *
 * @param jobId the job
 * @param outcome how it ended
 * @param result what became of the files
 * @param removed entries that it removed
 * @param problem why it did not complete; empty if it did
 */
record JobEnd(
    long jobId, JobOutcome outcome, CompactionResult result, long removed, String problem) {
  static JobEnd withoutWork(long jobId, JobOutcome outcome, String problem) {
    return new JobEnd(jobId, outcome, CompactionResult.empty(), 0, problem);
  }

  static JobEnd of(JobReport report, JobOutcome outcome) {
    CompactionResult result =
        new CompactionResult(
            report.files(), report.bytesBefore(), report.bytesAfter(), report.duration());
    return new JobEnd(report.jobId(), outcome, result, report.removed(), report.reason());
  }

  Duration duration() {
    return result.duration();
  }
}
