// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.Rule;
import io.firn.cold.engine.RecordFilter;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.model.Loggers;
import io.firn.compaction.JobKind;
import io.firn.compaction.pace.ByteBudget;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Works at one job at a time, in slices short enough to be told something else in between. */
final class CompactionWorker implements Agent, WorkerCommand.Handler {
  /* Ownership: every field below the mailbox belongs to the thread that calls doWork(). Other threads
   * only offer commands. Nothing leaves but immutable reports. */

  private static final Logger LOG = Loggers.of(CompactionWorker.class);

  /** So many that the force at the end of a slice costs little against its copies. */
  private static final long SLICE_BYTES = 8L << 20;

  /** A slice takes no longer than this part of a second at the rate that a job has. */
  private static final int SLICE_PART = 8;

  private static final long REPORT_NANOS = 250_000_000L;
  private static final long WAIT_NANOS = 2_000_000L;
  private static final long LONGEST_WAIT_NANOS = 50_000_000L;
  private static final long IDLE_NANOS = 1_000_000_000L;
  private static final int PARTS = 100;

  /** What is left of a job is saved whenever it is less by this part, or by one segment. */
  private static final int SAVED_PARTS = 64;

  /** A part of a second in which a budget is full. */
  private static final int BURST_PART = 4;

  /** An evicted segment's records may take a quarter of it elsewhere. */
  private static final int SPARED_SHARE = 4;

  private final Mailbox<WorkerCommand> mailbox = new Mailbox<>();
  private final int number;
  private final StoreSpace space;
  private final Predicate<? super JobReport> reports;
  private final Published<JobRates> rates;
  private final SavedStates states;
  private @Nullable JobRun running;

  /** The end of a job that the scheduler had no room to hear of yet. */
  private @Nullable JobReport unsent;

  /** What may be moved now, by this job as by those before it. */
  private ByteBudget budget;

  private long waitNanos;
  private long reportedBytes;
  private long reportedNanos;

  /** Whether the job shall give way. */
  private boolean yields;

  /** How many segments are left of the job by what is saved of it. */
  private int savedAhead;

  CompactionWorker(
      int number,
      StoreSpace space,
      Predicate<? super JobReport> reports,
      Published<JobRates> rates,
      SavedStates states) {
    this.number = number;
    this.space = space;
    this.reports = reports;
    this.rates = rates;
    this.states = states;
    this.budget = ByteBudget.empty(0, 1, space.time().nanoTime());
  }

  /** Returns where commands go. */
  Mailbox<WorkerCommand> mailbox() {
    return mailbox;
  }

  @Override
  public int doWork() {
    int work = mailbox.drain(command -> command.deliverTo(this));
    JobReport last = unsent;
    if (last != null && reports.test(last)) {
      unsent = null;
    }
    JobRun run = running;
    if (run == null) {
      return work;
    }
    try {
      return work + step(run);
    } catch (RuntimeException | VirtualMachineError e) { // a job may find no memory
      LOG.warn("compaction job {} of {} failed", run.job.id(), run.job.cache(), e);
      end(run, JobReport.State.FAILED, e.toString());
      return work + 1;
    }
  }

  private int step(JobRun run) {
    if (run.table.isDropped()) { // its files go by another way, of which the job would never hear
      end(run, JobReport.State.ABANDONED, JobRun.DROPPED);
      return 1;
    }
    if (run.isDone()) {
      String shortfall = run.shortfall();
      end(run, shortfall.isEmpty() ? JobReport.State.COMPLETED : JobReport.State.FAILED, shortfall);
      return 1;
    }
    if (run.isOverdue()) {
      end(run, JobReport.State.ABANDONED, "timeout");
      return 1;
    }
    if (yields && mayGiveWay(run)) {
      giveWay(run);
      return 1;
    }
    long rate = rates.get().of(run.job.id());
    long bytes = Math.max(1, Math.min(SLICE_BYTES, rate / SLICE_PART));
    waitNanos = wait(rate, 2 * bytes); // what is read may all be written
    long walked = waitNanos > 0 ? 0 : slice(run, bytes, rate);
    reportProgress(run);
    return walked == 0 ? 0 : 1;
  }

  /** Returns how long a piece of work has to wait for its bytes. */
  private long wait(long rate, long bytes) {
    if (rate == JobRates.UNBOUNDED) {
      return 0;
    }
    budget = budget.paced(rate, Math.max(1, rate / BURST_PART), space.time().nanoTime());
    return budget.nanosUntil(bytes);
  }

  private long slice(JobRun run, long bytes, long rate) {
    long before = run.trafficBytes;
    long walked = run.slice(bytes);
    if (rate != JobRates.UNBOUNDED) {
      budget = budget.spent(run.trafficBytes - before);
    }
    return walked;
  }

  private void reportProgress(JobRun run) {
    long now = space.time().nanoTime();
    boolean enough =
        run.doneBytes - reportedBytes >= Math.max(1, run.job.plannedBytes() / PARTS)
            || now - reportedNanos >= REPORT_NANOS;
    if (enough) {
      reportedBytes = run.doneBytes;
      reportedNanos = now;
      tell(run.report(number, JobReport.State.RUNNING, ""));
    }
  }

  /** Tells of progress if there is room, and of an end for certain. */
  private void tell(JobReport report) {
    if (!reports.test(report) && report.state() != JobReport.State.RUNNING) {
      unsent = report;
    }
  }

  private void end(JobRun run, JobReport.State state, String reason) {
    running = null;
    run.abandon();
    tell(run.report(number, state, reason));
  }

  /**
   * A turn of no use yet goes on, unless it waits for its bytes, or the shortest turns would get
   * nowhere; and what only waits until its files are gone ends soon by itself.
   */
  private boolean mayGiveWay(JobRun run) {
    return run.canRest() && (waitNanos > 0 || run.gotOn()) && !run.ahead().isEmpty();
  }

  private void giveWay(JobRun run) {
    JobReport report = run.report(number, JobReport.State.YIELDED, "");
    if (run.job.isAsked()) {
      save(run, 1);
    }
    running = null;
    run.abandon();
    tell(report);
  }

  @Override
  public void onRun(WorkerCommand.Run command) {
    Job job = command.job();
    Table table = space.table(job.tableId());
    if (table == null || running != null) {
      String why = table == null ? JobRun.DROPPED : "the worker is busy";
      tell(JobReport.refused(job, number, why));
      return;
    }
    JobRun run = start(table, job);
    running = run;
    yields = false;
    waitNanos = 0;
    reportedBytes = run.doneBytes;
    reportedNanos = space.time().nanoTime();
    run.onProgress(() -> reportProgress(run));
    if (job.isAsked()) {
      savedAhead = run.ahead().size();
      run.onSegment(() -> save(run, Math.max(1, savedAhead / SAVED_PARTS)));
    }
    tell(run.report(number, JobReport.State.RUNNING, ""));
  }

  /**
   * Saves how far a job is, not so often that the frames of a long one would add up.
   *
   * @param segments by how many it must be less than by what is saved
   */
  private void save(JobRun run, int segments) {
    List<Integer> ahead = run.ahead();
    if (!ahead.isEmpty() && savedAhead - ahead.size() >= segments) {
      savedAhead = ahead.size();
      states.advance(run.job, ahead);
    }
  }

  private JobRun start(Table table, Job job) {
    if (job.kind() == JobKind.SURVEY) {
      return new SurveyRun(space, table, job);
    }
    RecordFilter keep =
        job.kind() == JobKind.EVICTION || !space.keeps(Rule.MOVE_ALL_THAT_LIVES)
            ? new SecondChance(job.plannedBytes() / SPARED_SHARE)
            : RecordFilter.KEEP_ALL;
    return new SegmentsRun(space, table, job, keep);
  }

  @Override
  public void onCancel(WorkerCommand.Cancel command) {
    JobRun run = running;
    if (run != null && run.job.id() == command.jobId()) {
      end(run, JobReport.State.ABANDONED, "cancelled");
    }
  }

  @Override
  public void onYield(WorkerCommand.Yield command) {
    JobRun run = running;
    if (run != null && run.job.id() == command.jobId()) {
      yields = true;
    }
  }

  /** Gives up what runs; for the end of the store. */
  void stop() {
    JobRun run = running;
    running = null;
    if (run != null) {
      run.abandon();
    }
  }

  @Override
  public long idleNanos() {
    return running == null && unsent == null
        ? IDLE_NANOS
        : Math.max(WAIT_NANOS, Math.min(LONGEST_WAIT_NANOS, waitNanos));
  }

  @Override
  public String roleName() {
    return "firn-compact-" + number;
  }
}
