// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which worker does which job, and which have none. For the scheduler's thread. */
final class Crew {
  private final List<Mailbox<WorkerCommand>> workers;
  private final Deque<Integer> idle = new ArrayDeque<>();
  private final Map<Long, Integer> workerOf = new HashMap<>();

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
  boolean start(Job job) {
    int worker = idle.remove();
    if (!workers.get(worker).post(new WorkerCommand.Run(job))) {
      idle.add(worker);
      return false;
    }
    workerOf.put(job.id(), worker);
    return true;
  }

  /** Tells the worker of a job to give it up, if it has one. */
  void cancel(long jobId) {
    Integer worker = workerOf.get(jobId);
    if (worker != null) {
      boolean unused = workers.get(worker).post(new WorkerCommand.Cancel(jobId));
    }
  }

  /** A job needs its worker no more, which is idle then. */
  void end(long jobId) {
    Integer worker = workerOf.remove(jobId);
    if (worker != null) {
      idle.add(worker);
    }
  }
}
