// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.agent.AgentHandle;
import io.firn.cold.engine.SpacePressure;
import io.firn.cold.engine.StoreSpace;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionTotals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The scheduler and the workers of a store. */
final class CompactionAgents implements AutoCloseable {
  private final Published<JobBoard> board =
      new Published<>(new JobBoard(List.of(), List.of(), CompactionTotals.NONE));
  private final Published<JobRates> rates = new Published<>(JobRates.NONE);
  private final CompactionScheduler scheduler;
  private final List<CompactionWorker> workers = new ArrayList<>();
  private final List<AgentHandle> handles = new ArrayList<>();
  private final SpacePressure pressure;

  /**
   * Starts a scheduler and some workers.
   *
   * @param configs the settings of a table, asked for on any thread
   * @param restored what to begin with
   */
  CompactionAgents(
      StoreSpace space,
      int count,
      JobListener listener,
      IntFunction<CompactionConfig> configs,
      SavedStates states,
      SavedStates.Restored restored) {
    List<Mailbox<WorkerCommand>> mailboxes = new ArrayList<>();
    Mailbox<SchedulerCommand> toScheduler = new Mailbox<>();
    for (int i = 0; i < count; i++) {
      CompactionWorker worker =
          new CompactionWorker(
              i,
              space,
              report -> toScheduler.post(new SchedulerCommand.Report(report)),
              rates,
              states);
      workers.add(worker);
      mailboxes.add(worker.mailbox());
    }
    scheduler =
        new CompactionScheduler(
            space,
            new JobLedger(space::wallMillis, board, listener),
            rates,
            toScheduler,
            mailboxes,
            states,
            restored);
    AgentHandle handle = space.start(scheduler);
    toScheduler.attach(handle);
    handles.add(handle);
    for (CompactionWorker worker : workers) {
      AgentHandle each = space.start(worker);
      worker.mailbox().attach(each);
      handles.add(each);
    }
    pressure = space.pressure();
    pressure.listen(
        new SpacePressure.Listener() {
          @Override
          public boolean lacks(int tableId) {
            handle.wake();
            return helps(tableId);
          }

          @Override
          public boolean helps(int tableId) {
            return !board.get().totals().paused() && configs.apply(tableId).backgroundEnabled();
          }

          @Override
          public int tablesAtOnce() {
            return count;
          }
        });
  }

  /** Tells the scheduler something; false if too many requests wait. */
  boolean post(SchedulerCommand command) {
    return scheduler.mailbox().post(command);
  }

  /** Returns what can be seen of the jobs. */
  JobBoard board() {
    return board.get();
  }

  @Override
  public void close() {
    pressure.listen(null); // nobody makes room any more
    handles.forEach(AgentHandle::close);
    handles.clear();
    workers.forEach(CompactionWorker::stop);
  }
}
