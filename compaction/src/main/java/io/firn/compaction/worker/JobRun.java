// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.EvacuationResult;
import io.firn.cold.engine.SegmentUsage;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** One turn of a job at work, in slices; belongs to its worker. */
abstract class JobRun {
  /** Why a job ends whose table is gone. */
  static final String DROPPED = "the table was dropped";

  final StoreSpace space;
  final Table table;
  final Job job;
  private final long startedNanos;
  private final long earlierNanos;
  private final Set<Integer> victims;
  private final long bytesBefore;
  long doneBytes;

  /** What was read, written and deleted in this turn. */
  long trafficBytes;

  long records;
  long movedBytes;
  long removed;

  /** Hears that the job went on, during a slice that may take long. */
  private Runnable listener = () -> {};

  /** Hears that the job needs a segment no more. */
  private Runnable segmentListener = () -> {};

  JobRun(StoreSpace space, Table table, Job job) {
    this.space = space;
    this.table = table;
    this.job = job;
    this.startedNanos = space.time().nanoTime();
    this.victims = new HashSet<>(job.segments());
    JobRest rest = job.rest();
    if (rest == null) {
      this.earlierNanos = 0;
      this.bytesBefore = ownBytes();
      return;
    }
    this.earlierNanos = rest.workNanos();
    this.bytesBefore =
        Math.max(0, rest.bytesBefore() + survivorBytes() - rest.survivorBytes()); // others' work
    this.doneBytes = rest.doneBytes();
    this.records = rest.records();
    this.movedBytes = rest.movedBytes();
    this.removed = rest.removed();
  }

  /**
   * Does the next slice.
   *
   * @param maximumBytes how many bytes of pages it may work through
   * @return the bytes of the pages it worked through; 0 if it waits for others
   */
  abstract long slice(long maximumBytes);

  /** Tells whether all is done, durable and visible. */
  abstract boolean isDone();

  /** Tells whether nothing would be done again if the job gave way now. */
  boolean canRest() {
    return true;
  }

  /** Tells why some of it could not be done; empty if all was. */
  abstract String shortfall();

  /** Returns where the job would go on if it gave way now. */
  abstract JobRest rest();

  /** Leaves everything as it is: what was moved stays moved, what was not stays where it is. */
  abstract void abandon();

  /** Sets who hears, on the same thread, that the job went on during a slice. */
  final void onProgress(Runnable hears) {
    listener = hears;
  }

  /** Sets who hears, on the same thread, that the job is done with a segment. */
  final void onSegment(Runnable hears) {
    segmentListener = hears;
  }

  final void segmentDone() {
    segmentListener.run();
  }

  /** Returns the segments that the job has not worked through. */
  abstract List<Integer> ahead();

  final void wentOn() {
    listener.run();
  }

  final boolean isOverdue() {
    return workNanos() > job.timeoutNanos();
  }

  /** What waited between the turns does not count. */
  private long workNanos() {
    return earlierNanos + space.time().nanoTime() - startedNanos;
  }

  /** Tells whether the job has got on in this turn. */
  final boolean gotOn() {
    return trafficBytes > 0;
  }

  final JobRest rest(int next, int page, boolean swept, int left) {
    return new JobRest(
        next,
        page,
        swept,
        left,
        doneBytes,
        records,
        movedBytes,
        removed,
        bytesBefore,
        survivorBytes(),
        workNanos());
  }

  final void count(EvacuationResult result) {
    trafficBytes += result.movedBytes();
    movedBytes += result.movedBytes();
    removed += result.expired() + (long) result.rejected();
    records += result.moved() + (long) result.expired() + result.rejected() + result.damaged();
  }

  /** Returns which of the job's segments still have a file. */
  final List<Integer> remaining() {
    List<Integer> left = new ArrayList<>();
    for (var segment : table.space().segments()) {
      if (victims.contains(segment.number())) {
        left.add(segment.number());
      }
    }
    return left;
  }

  /** The lengths of the files that the job empties or that only jobs fill. */
  private long ownBytes() {
    return fileBytes(usage -> usage.survivors() || victims.contains(usage.number()));
  }

  /** The lengths of the files that only jobs fill, without those that the job empties. */
  private long survivorBytes() {
    return fileBytes(usage -> usage.survivors() && !victims.contains(usage.number()));
  }

  private long fileBytes(Predicate<? super SegmentUsage> which) {
    return space.segments(table).stream().filter(which).mapToLong(SegmentUsage::fileBytes).sum();
  }

  final JobReport report(int worker, JobReport.State state, String reason) {
    boolean ended = state != JobReport.State.RUNNING;
    return new JobReport(
        job.id(),
        worker,
        state,
        Math.min(doneBytes, job.plannedBytes()),
        records,
        movedBytes,
        removed,
        ended ? victims.size() - remaining().size() : 0,
        bytesBefore,
        ended ? ownBytes() : bytesBefore,
        Duration.ofNanos(workNanos()),
        reason,
        state == JobReport.State.YIELDED ? rest() : null);
  }
}
