// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.Table;
import io.firn.compaction.JobKind;
import io.firn.compaction.SegmentInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param timeoutNanos how long it may work before it is given up
 * @param maxRuntimeNanos how long one of its turns may last while others wait
 * @param askedMillis when somebody asked for it, by wall time; {@link #BY_ITSELF} if nobody did
 * @param priority the higher the sooner; it grows while the job waits
 * @param reason why it runs, with the numbers that decided
 * @param rest where it goes on after it has given way; null if it has not begun
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
    long maxRuntimeNanos,
    long askedMillis,
    int priority,
    String reason,
    @Nullable JobRest rest) {
  /** Stands for the time at which nobody asked. */
  static final long BY_ITSELF = Long.MIN_VALUE;

  private static final int BY_HAND = 500;

  /** Copies the list. */
  public Job {
    plannedBytes = Math.max(1, plannedBytes);
    segments = List.copyOf(segments);
  }

  /** Returns a job that somebody asks for now. */
  static Job asked(
      long id,
      Table table,
      JobKind kind,
      List<SegmentInfo> segments,
      long timeoutNanos,
      long maxRuntimeNanos,
      long nowMillis) {
    return asked(
        id, table, kind, segments, timeoutNanos, maxRuntimeNanos, nowMillis, "asked for by hand");
  }

  /** Returns a job that somebody asked for, and why it runs. */
  static Job asked(
      long id,
      Table table,
      JobKind kind,
      List<SegmentInfo> segments,
      long timeoutNanos,
      long maxRuntimeNanos,
      long askedMillis,
      String reason) {
    return new Job(
        id,
        table.id(),
        table.name(),
        kind,
        segments.stream().map(SegmentInfo::number).toList(),
        segments.stream().mapToLong(SegmentInfo::bytes).sum(),
        segments.stream().mapToLong(SegmentInfo::garbageBytes).sum(),
        false,
        timeoutNanos,
        maxRuntimeNanos,
        askedMillis,
        BY_HAND,
        reason,
        null);
  }

  /** Returns the same job, to go on where it has given way. */
  Job after(JobRest where) {
    return new Job(
        id,
        tableId,
        cache,
        kind,
        segments,
        plannedBytes,
        savedBytes,
        paced,
        timeoutNanos,
        maxRuntimeNanos,
        askedMillis,
        priority,
        reason,
        where);
  }

  /** Tells whether a turn that began then is over by now. */
  boolean shouldYield(long startedNanos, long nowNanos) {
    return nowNanos - startedNanos >= maxRuntimeNanos;
  }

  boolean isAsked() {
    return askedMillis != BY_ITSELF;
  }
}
