// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionTotals;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import java.util.List;
import java.util.Map;

/**
 * All that the scheduler lets others see. Immutable.
 *
 * @param jobs running and waiting jobs
 * @param history the last jobs that ended, newest first
 * @param totals what all jobs add up to
 * @param configs the settings of tables, by id; a table that was not looked at yet has the defaults
 */
record JobBoard(
    List<JobProgress> jobs,
    List<JobRecord> history,
    CompactionTotals totals,
    Map<Integer, CompactionConfig> configs) {
  /** Copies the collections. */
  public JobBoard {
    jobs = List.copyOf(jobs);
    history = List.copyOf(history);
    configs = Map.copyOf(configs);
  }

  /** Returns the settings of a table. */
  CompactionConfig config(int tableId) {
    return configs.getOrDefault(tableId, CompactionConfig.defaults());
  }
}
