// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which worker does which job, since when, and which have none. For the scheduler's thread. */
final class Crew {
  private final List<Mailbox<WorkerCommand>> workers;
  private final Deque<Integer> idle = new ArrayDeque<>();
  private final Map<Long, Turn> turns = new HashMap<>();

  /** A job at work, and what its worker was told of it. */
  private static final class Turn {
    private final Job job;
    private final int worker;
    private final long startedNanos;
    private boolean givesWay;
    private boolean cancelled;

    Turn(Job job, int worker, long startedNanos) {
      this.job = job;
      this.worker = worker;
      this.startedNanos = startedNanos;
    }
  }

  Crew(List<Mailbox<WorkerCommand>> workers) {
    this.workers = List.copyOf(workers);
    for (int i = 0; i < workers.size(); i++) {
      idle.add(i);
    }
  }

  /** Tells whether a worker has no job. */
  boolean hasIdle() {
    return !idle.isEmpty();
  }

  /**
   * Gives a job to a worker that has none; there must be one. False if its mailbox is full, of
   * cancellations that came too late: it takes no job until they are read.
   */
  boolean start(Job job, long nowNanos) {
    int worker = idle.remove();
    if (!workers.get(worker).post(new WorkerCommand.Run(job))) {
      idle.add(worker);
      return false;
    }
    turns.put(job.id(), new Turn(job, worker, nowNanos));
    return true;
  }

  /** Returns the jobs that have worked for as long as they may while others wait. */
  List<Job> over(long nowNanos) {
    return turns.values().stream()
        .filter(turn -> turn.job.shouldYield(turn.startedNanos, nowNanos))
        .map(turn -> turn.job)
        .toList();
  }

  /** Tells whether some worker was told to let its job give way, and has not done so yet. */
  boolean givesWay() {
    return turns.values().stream().anyMatch(turn -> turn.givesWay);
  }

  /** Tells the worker of a job to let it give way. */
  void giveWay(Job job) {
    Turn turn = turns.get(job.id());
    if (turn != null) {
      turn.givesWay = workers.get(turn.worker).post(new WorkerCommand.Yield(job.id()));
    }
  }

  /** Tells the worker of a job to give it up, if it has one. */
  void cancel(long jobId) {
    Turn turn = turns.get(jobId);
    if (turn != null) {
      turn.cancelled = true;
      boolean unused = workers.get(turn.worker).post(new WorkerCommand.Cancel(jobId));
    }
  }

  /**
   * A job needs its worker no more, which is idle then.
   *
   * @return whether it was to be given up, of which the worker may have heard too late
   */
  boolean end(long jobId) {
    Turn turn = turns.remove(jobId);
    if (turn == null) {
      return false;
    }
    idle.add(turn.worker);
    return turn.cancelled;
  }
}
