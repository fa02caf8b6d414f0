// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.CompactionTotals;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import java.util.List;

/**
 * All that the scheduler lets others see. Immutable.
 *
 * @param jobs running and waiting jobs
 * @param history the last jobs that ended, newest first
 * @param totals what all jobs add up to
 */
record JobBoard(List<JobProgress> jobs, List<JobRecord> history, CompactionTotals totals) {
  /** Copies the collections. */
  public JobBoard {
    jobs = List.copyOf(jobs);
    history = List.copyOf(history);
  }
}
