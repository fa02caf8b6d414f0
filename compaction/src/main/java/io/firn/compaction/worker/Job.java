// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.JobKind;
import java.util.List;

/**
 * A piece of work for one worker. Immutable.
 *
 * @param id unique in the life of the store
 * @param tableId the table
 * @param cache its name
 * @param kind what is done
 * @param segments the segments to empty or to sweep, in this order
 * @param plannedBytes bytes of the pages to work through, at least 1 as no job is done at once
 * @param savedBytes how many of them come back, as far as is known
 * @param paced whether the debt decides how fast it goes; else only the table's ceiling does
 * @param timeoutNanos how long it may run before it is given up
 * @param priority the higher the sooner; it grows while the job waits
 * @param reason why it runs, with the numbers that decided
 */
record Job(
    long id,
    int tableId,
    String cache,
    JobKind kind,
    List<Integer> segments,
    long plannedBytes,
    long savedBytes,
    boolean paced,
    long timeoutNanos,
    int priority,
    String reason) {
  /** Copies the list. */
  public Job {
    plannedBytes = Math.max(1, plannedBytes);
    segments = List.copyOf(segments);
  }
}
