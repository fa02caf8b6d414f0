// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.JobKind;
import io.firn.compaction.plan.AutoPlanner;
import io.firn.compaction.plan.StoreFacts;

/** What the scheduler remembers of a table: its settings, and when to leave it alone. */
final class TableCare {
  private static final long NEVER_SETTLED = -1;
  private static final long FIRST_BACK_OFF_NANOS = 1_000_000_000L;
  private static final long LONGEST_BACK_OFF_NANOS = 60_000_000_000L;
  private static final int MOST_DOUBLINGS = 6;

  private CompactionConfig config = CompactionConfig.defaults();
  private int failures;
  private long quietUntilNanos;
  private long surveysFromNanos;

  /** The changes of the store after which the last job gained nothing, so that rest is best. */
  private long settledAtChanges = NEVER_SETTLED;

  /** The last job that moved records to make room emptied no file. */
  private boolean stuck;

  TableCare(long nowNanos) {
    quietUntilNanos = nowNanos;
    surveysFromNanos = nowNanos;
  }

  /** Returns the settings. */
  CompactionConfig config() {
    return config;
  }

  /** Changes the settings. */
  void configure(CompactionConfig next) {
    config = next;
  }

  /** Tells whether a failure is so recent that only room for writers is worth another try. */
  boolean backsOff(long nowNanos) {
    return nowNanos - quietUntilNanos < 0;
  }

  /** Tells whether the last survey could read something, or is some time ago. */
  boolean surveys(long nowNanos) {
    return nowNanos - surveysFromNanos >= 0;
  }

  /** Tells whether a job would gain nothing, as the last one has not and nothing has changed. */
  boolean isSettled(long changes) {
    return settledAtChanges == changes;
  }

  /** Returns what is known of a table, with what its last job has taught. */
  StoreFacts facts(StoreFacts seen) {
    return stuck ? seen.withoutMoves() : seen;
  }

  /** A job has ended, at a moment with so many changes of the store. */
  void ended(Job job, JobReport report, long changes, long nowNanos) {
    if (job.kind() == JobKind.SURVEY && report.state() == JobReport.State.COMPLETED) {
      // It was to learn something, not to gain. What others held may be free to read soon.
      surveysFromNanos = report.doneBytes() > 0 ? nowNanos : nowNanos + FIRST_BACK_OFF_NANOS;
      return;
    }
    boolean gained = report.bytesAfter() < report.bytesBefore();
    // Copies may have begun a file of which most is free yet, so the lengths say too little here.
    stuck =
        report.files() == 0 && job.kind() == JobKind.FILES && AutoPlanner.makesRoom(job.priority());
    if (report.state() == JobReport.State.COMPLETED) {
      failures = 0;
      settledAtChanges = gained ? NEVER_SETTLED : changes;
    } else {
      long backOff = FIRST_BACK_OFF_NANOS << Math.min(MOST_DOUBLINGS, failures++);
      quietUntilNanos = nowNanos + Math.min(LONGEST_BACK_OFF_NANOS, backOff);
    }
  }
}
