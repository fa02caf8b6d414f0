// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.agent.AgentHandle;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionPlan;
import io.firn.compaction.CompactionTotals;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.plan.FilePlanner;
import java.util.ArrayList;
import java.util.List;

/** The scheduler and the workers of a store, and the verbs by which they are told what to do. */
final class CompactionAgents implements AutoCloseable {
  private final Published<JobBoard> board =
      new Published<>(new JobBoard(List.of(), List.of(), CompactionTotals.NONE));
  private final CompactionScheduler scheduler;
  private final List<CompactionWorker> workers = new ArrayList<>();
  private final List<AgentHandle> handles = new ArrayList<>();

  /** Starts a scheduler and some workers. */
  CompactionAgents(StoreSpace space, int count, JobListener listener) {
    List<Mailbox<WorkerCommand>> mailboxes = new ArrayList<>();
    Mailbox<SchedulerCommand> toScheduler = new Mailbox<>();
    for (int i = 0; i < count; i++) {
      CompactionWorker worker =
          new CompactionWorker(
              i, space, report -> toScheduler.post(new SchedulerCommand.Report(report)));
      workers.add(worker);
      mailboxes.add(worker.mailbox());
    }
    scheduler =
        new CompactionScheduler(
            space, new JobLedger(space::wallMillis, board, listener), toScheduler, mailboxes);
    AgentHandle handle = space.start(scheduler);
    toScheduler.attach(handle);
    handles.add(handle);
    for (CompactionWorker worker : workers) {
      AgentHandle each = space.start(worker);
      worker.mailbox().attach(each);
      handles.add(each);
    }
  }

  /** Asks for a compaction; false if too many requests wait. */
  boolean compact(long jobId, int tableId, CompactionOptions options) {
    return post(new SchedulerCommand.Compact(jobId, tableId, options));
  }

  /** Asks for a purge of what has expired; false if too many requests wait. */
  boolean purge(long jobId, int tableId) {
    return post(new SchedulerCommand.Purge(jobId, tableId));
  }

  /** Gives a job up; false if too many requests wait. */
  boolean cancel(long jobId) {
    return post(new SchedulerCommand.Cancel(jobId));
  }

  /** Stops the background work, or lets it go on; false if too many requests wait. */
  boolean pause(boolean paused) {
    return post(new SchedulerCommand.Pause(paused));
  }

  /** Changes the settings of a table; false if too many requests wait. */
  boolean configure(int tableId, CompactionConfig config) {
    return post(new SchedulerCommand.Configure(tableId, config));
  }

  private boolean post(SchedulerCommand command) {
    return scheduler.mailbox().post(command);
  }

  /** Returns what can be seen of the jobs. */
  JobBoard board() {
    return board.get();
  }

  /** Returns the files of a table. */
  static List<SegmentInfo> segments(StoreSpace space, Table table) {
    return TableView.segments(space, table);
  }

  /** Returns what a compaction of a table by hand would do now. */
  static CompactionPlan plan(StoreSpace space, Table table, CompactionOptions options) {
    return FilePlanner.plan(
        segments(space, table),
        options.fitted(table.space().segmentBytes()),
        CompactionConfig.defaults().deadRowShare());
  }

  @Override
  public void close() {
    handles.forEach(AgentHandle::close);
    handles.clear();
    workers.forEach(CompactionWorker::stop);
  }
}
