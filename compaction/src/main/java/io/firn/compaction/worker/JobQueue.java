// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that wait, and the segments that jobs have to themselves. A job's priority grows by one
 * with every second it waits, so none starves. For one thread.
 */
final class JobQueue {
  /** More are refused. */
  static final int MOST_WAITING = 64;

  private static final long NANOS_PER_POINT = 1_000_000_000L;

  private final List<Waiting> waiting = new ArrayList<>();
  private final Map<Integer, Set<Integer>> reserved = new HashMap<>();

  private record Waiting(Job job, long sinceNanos) {
    long points(long nowNanos) {
      return job.priority() + (nowNanos - sinceNanos) / NANOS_PER_POINT;
    }
  }

  /** Adds a job and reserves its segments; false if too many wait. */
  boolean add(Job job, long nowNanos) {
    if (waiting.size() >= MOST_WAITING) {
      return false;
    }
    waiting.add(new Waiting(job, nowNanos));
    reserved.computeIfAbsent(job.tableId(), ignored -> new HashSet<>()).addAll(job.segments());
    return true;
  }

  /** Takes a job back that has its segments still, however many wait; it waits from now on. */
  void putBack(Job job, long nowNanos) {
    waiting.add(new Waiting(job, nowNanos));
  }

  /**
   * Tells whether a job waits that would run before another, if that were put back now.
   *
   * @param mayRun tells which jobs could run then
   */
  boolean hasBefore(Job other, long nowNanos, Predicate<? super Job> mayRun) {
    for (Waiting each : waiting) {
      if (each.points(nowNanos) >= other.priority() && mayRun.test(each.job())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Takes the job with most points of those that may run; the older of equals. Its segments stay
   * reserved.
   */
  @Nullable Job take(long nowNanos, Predicate<? super Job> mayRun) {
    Waiting best = null;
    for (Waiting each : waiting) {
      boolean better = best == null || each.points(nowNanos) > best.points(nowNanos);
      if (better && mayRun.test(each.job())) {
        best = each;
      }
    }
    if (best == null) {
      return null;
    }
    waiting.remove(best);
    return best.job();
  }

  /** Takes a job out that waits; null if it does not. */
  @Nullable Job remove(long jobId) {
    for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
      Job job = each.next().job();
      if (job.id() == jobId) {
        each.remove();
        release(job);
        return job;
      }
    }
    return null;
  }

  /** Gives the segments of a job back that has ended. */
  void release(Job job) {
    Set<Integer> ofTable = reserved.get(job.tableId());
    if (ofTable != null) {
      job.segments().forEach(ofTable::remove);
      if (ofTable.isEmpty()) {
        reserved.remove(job.tableId());
      }
    }
  }

  /** Tells whether a job has a segment to itself. */
  boolean isReserved(int tableId, int segment) {
    return reserved.getOrDefault(tableId, Set.of()).contains(segment);
  }

  /** Returns the jobs that wait, in the order in which they were added. */
  List<Job> waiting() {
    return waiting.stream().map(Waiting::job).toList();
  }
}
