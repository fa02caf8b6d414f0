// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.agent.Agent;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.model.Loggers;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.FileChoice;
import io.firn.compaction.JobKind;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.pace.PaceSettings;
import io.firn.compaction.plan.AutoPlanner;
import io.firn.compaction.plan.Debt;
import io.firn.compaction.plan.FilePlanner;
import io.firn.compaction.plan.PlannedJob;
import io.firn.compaction.plan.RoomOffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;

/** Decides which jobs are worth doing, and hands them to workers that have none. */
final class CompactionScheduler implements Agent, SchedulerCommand.Handler {
  /* Ownership: every field below the mailbox belongs to the thread that calls doWork(). Nothing leaves
   * but commands to the workers and what the ledger publishes. */

  private static final Logger LOG = Loggers.of(CompactionScheduler.class);
  private static final long TICK_NANOS = 100_000_000L;
  private static final long SILENCE_NANOS = 2_000_000_000L;

  /** A job that was taken up so often without emptying a file is rather the cause of restarts. */
  private static final int MOST_ATTEMPTS = 3;

  private final Mailbox<SchedulerCommand> mailbox;
  private final StoreSpace space;
  private final RoomView room;
  private final JobLedger ledger;
  private final Crew crew;
  private final Pacer pacer;
  private final SavedStates states;
  private final Deque<SavedJob> resumable;
  private final JobQueue queue = new JobQueue();
  private final TablePlans plans;
  private final StoreRoom storeRoom;
  private boolean paused;
  private long nextJobId = 1L << 32;
  private long nextTickNanos;
  private long seenChanges;
  private long silentSinceNanos;

  CompactionScheduler(
      StoreSpace space,
      JobLedger ledger,
      Published<JobRates> rates,
      Mailbox<SchedulerCommand> mailbox,
      List<Mailbox<WorkerCommand>> workers,
      SavedStates states,
      SavedStates.Restored restored) {
    this.mailbox = mailbox;
    this.space = space;
    this.room = new RoomView(space);
    this.plans = new TablePlans(space, room, queue);
    this.ledger = ledger;
    this.crew = new Crew(workers);
    this.storeRoom = new StoreRoom(space, room, plans, queue, ledger, crew);
    this.states = states;
    this.resumable = new ArrayDeque<>(restored.jobs());
    this.nextTickNanos = space.time().nanoTime();
    this.silentSinceNanos = nextTickNanos;
    this.pacer = new Pacer(rates, PaceSettings.defaults(), nextTickNanos, space.writtenBytes());
    restored.settings().forEach((id, config) -> care(id).configure(config));
  }

  /** Returns where commands go. */
  Mailbox<SchedulerCommand> mailbox() {
    return mailbox;
  }

  @Override
  public int doWork() {
    int work = resume() + mailbox.drain(command -> command.deliverTo(this));
    long now = space.time().nanoTime();
    if (now - nextTickNanos >= 0) {
      nextTickNanos = now + TICK_NANOS;
      work += tick(now);
    }
    if (space.pressure().waiting() > 0) {
      work += relieve(now);
    }
    work += dispatch(now) + giveWay(now);
    if (work > 0) {
      ledger.publish(queue.waiting(), paused);
    }
    return work;
  }

  private int tick(long now) {
    boolean idle = isIdle(now);
    readPace(now, idle);
    if (paused || !space.isSound()) {
      return 0;
    }
    int planned = 0;
    if (room.store(idle).lackingBytes() > 0) {
      planned = makeRoom(false, now);
    } else if (space.pressure().waiting() == 0) {
      storeRoom.giveUpNeedless();
    }
    for (Table table : space.tables()) {
      if (!isBusy(table)) {
        planned += add(table, plans.next(table, idle, seenChanges, now), now);
      }
    }
    plans.forgetDropped();
    return planned;
  }

  /** While nobody writes, all garbage is debt. */
  private void readPace(long now, boolean idle) {
    long debt = 0;
    for (Table table : space.tables()) {
      double target = idle ? 1 : AutoPlanner.SPACE_TARGET;
      debt += new Debt(space.dataBytes(table), table.space().liveCharge(), target, 0).bytes();
    }
    boolean writersWait = space.pressure().waiting() > 0;
    pacer.read(now, room.store(idle), debt, space.writtenBytes(), writersWait, ledger.running());
    publishRates(ledger.running());
  }

  private void publishRates(List<Job> running) {
    pacer.publish(running, job -> care(job.tableId()).config().maximumBytesPerSecond());
  }

  /** Makes room where writers wait for it, at once and whatever else is done there. */
  private int relieve(long now) {
    if (paused || !space.isSound()) {
      return 0;
    }
    int planned = 0;
    boolean storeLacks = false;
    for (Table table : space.tables()) {
      boolean lacks = space.pressure().isLacking(table.id());
      if (lacks && !RoomView.isAtOwnLimit(table)) {
        storeLacks = true;
      } else if (lacks && !storeRoom.isMadeBy(table)) {
        planned += add(table, plans.room(table, true), now); // no other can help
      }
    }
    return planned + (storeLacks ? makeRoom(true, now) : 0);
  }

  /** Lets the table that can do it at the least cost make room for the store. */
  private int makeRoom(boolean writersWait, long now) {
    RoomOffer best = storeRoom.best(writersWait, now);
    Table table = best == null ? null : space.table(best.tableId());
    return best != null && table != null && add(table, best.job(), now) ? 1 : 0;
  }

  private boolean isIdle(long now) {
    long changes = 0;
    for (Table table : space.tables()) {
      changes += table.changes();
    }
    if (changes != seenChanges) {
      seenChanges = changes;
      silentSinceNanos = now;
    }
    return now - silentSinceNanos >= SILENCE_NANOS;
  }

  /** One job that waits is enough; what it will leave is not known before. */
  private boolean isBusy(Table table) {
    return queue.waiting().stream().anyMatch(job -> job.tableId() == table.id())
        || ledger.runningIn(table.id()) > 0;
  }

  private int add(Table table, Optional<PlannedJob> job, long now) {
    return job.isPresent() && add(table, job.get(), now) ? 1 : 0;
  }

  private boolean add(Table table, PlannedJob planned, long now) {
    CompactionConfig config = care(table.id()).config();
    Job job =
        new Job(
            nextJobId++,
            table.id(),
            table.name(),
            planned.kind(),
            planned.segments(),
            planned.plannedBytes(),
            planned.savedBytes(),
            planned.paced(),
            config.timeout().toNanos(),
            config.maxRuntime().toNanos(),
            Job.BY_ITSELF,
            planned.priority(),
            planned.reason(),
            null);
    LOG.info(
        "compaction of {}: {} of segments {}, {}",
        job.cache(),
        job.kind(),
        job.segments(),
        job.reason());
    return queue.add(job, now);
  }

  private int dispatch(long now) {
    int started = 0;
    while (crew.hasIdle()) {
      Job job = queue.take(now, this::mayRun);
      if (job == null) {
        break;
      }
      List<Job> running = new ArrayList<>(ledger.running());
      running.add(job);
      publishRates(running); // before the worker begins
      if (!crew.start(job, now)) {
        queue.putBack(job, now);
        break;
      }
      ledger.started(job);
      started++;
    }
    return started;
  }

  private boolean mayRun(Job job) {
    return hasRoom(job.tableId(), 0);
  }

  private boolean hasRoom(int tableId, int leaving) {
    return plans.mayRun(tableId, ledger.runningIn(tableId) - leaving);
  }

  /**
   * Ends the turn of the least urgent job that has lasted long enough, if one waits that would run
   * before it; one turn at a time, as the next look may find that nobody waits any more. Who may
   * run and was not dispatched waits for a worker. Writers wait for jobs that make room.
   */
  private int giveWay(long now) {
    if (crew.givesWay()) {
      return 0;
    }
    Optional<Job> least =
        crew.over(now).stream()
            .filter(job -> !AutoPlanner.makesRoom(job.priority()))
            .filter(job -> queue.hasBefore(job, now, other -> couldRunFor(job, other)))
            .min(Comparator.comparingInt(Job::priority).thenComparingLong(Job::id));
    least.ifPresent(crew::giveWay);
    return least.isPresent() ? 1 : 0;
  }

  private boolean couldRunFor(Job leaving, Job other) {
    return hasRoom(other.tableId(), leaving.tableId() == other.tableId() ? 1 : 0);
  }

  @Override
  public void onCompact(SchedulerCommand.Compact command) {
    Table table = space.table(command.tableId());
    if (table == null) {
      ledger.refused(command.jobId(), "the table was dropped");
      return;
    }
    CompactionOptions options = command.options().fitted(table.space().segmentBytes());
    List<SegmentInfo> chosen;
    try {
      chosen =
          FilePlanner.plan(
                  plans.unreserved(table), options, care(table.id()).config().deadRowShare())
              .batches()
              .stream()
              .flatMap(batch -> batch.files().stream())
              .map(FileChoice::segment)
              .toList();
    } catch (RuntimeException e) { // the user's filter
      LOG.warn("a compaction of {} cannot be planned", table.name(), e);
      ledger.refused(command.jobId(), "cannot be planned: " + e);
      return;
    }
    byHand(command.jobId(), table, JobKind.FILES, chosen, options);
  }

  @Override
  public void onPurge(SchedulerCommand.Purge command) {
    Table table = space.table(command.tableId());
    if (table == null) {
      ledger.refused(command.jobId(), "the table was dropped");
      return;
    }
    byHand(
        command.jobId(),
        table,
        JobKind.EXPIRY,
        TableView.expiring(space, table).stream()
            .filter(each -> !queue.isReserved(table.id(), each.number()))
            .toList(),
        CompactionOptions.defaults());
  }

  private void byHand(
      long jobId, Table table, JobKind kind, List<SegmentInfo> chosen, CompactionOptions options) {
    Job job =
        Job.asked(
            jobId,
            table,
            kind,
            chosen,
            options.timeout().toNanos(),
            maxRuntimeNanos(table),
            space.wallMillis());
    if (chosen.isEmpty()) {
      ledger.nothingToDo(job);
    } else if (!queue.add(job, space.time().nanoTime())) {
      ledger.refused(jobId, "too many jobs wait");
    } else {
      states.begin(job, 0);
    }
  }

  private long maxRuntimeNanos(Table table) {
    return care(table.id()).config().maxRuntime().toNanos();
  }

  /** Takes the jobs up again that the restart has interrupted, before anything else is planned. */
  private int resume() {
    int count = resumable.size();
    while (!resumable.isEmpty()) {
      SavedJob saved = resumable.remove();
      Table table = space.table(saved.tableId());
      if (table != null) {
        resume(saved, table);
      }
    }
    return count;
  }

  private void resume(SavedJob saved, Table table) {
    List<SegmentInfo> left = saved.left(table, TableView.segments(space, table));
    Job job = saved.resumed(table, left, maxRuntimeNanos(table));
    LOG.info(
        "compaction of {}: {} of segments {}, resumed; asked for at {}",
        job.cache(),
        job.kind(),
        job.segments(),
        Instant.ofEpochMilli(job.askedMillis()));
    if (left.isEmpty()) {
      ledger.nothingToDo(job);
      states.end(job);
    } else if (saved.attempts() >= MOST_ATTEMPTS) {
      ledger.abandoned(job, "interrupted " + saved.attempts() + " times without getting on");
      states.end(job);
    } else if (queue.add(job, space.time().nanoTime())) {
      states.begin(job, saved.attempts() + 1);
    } else {
      ledger.abandoned(job, "too many jobs wait");
      states.end(job);
    }
  }

  @Override
  public void onCancel(SchedulerCommand.Cancel command) {
    Job waiting = queue.remove(command.jobId());
    if (waiting != null) {
      ledger.abandoned(waiting, "cancelled");
      states.end(waiting);
      return;
    }
    crew.cancel(command.jobId());
  }

  @Override
  public void onPause(SchedulerCommand.Pause command) {
    paused = command.paused();
  }

  @Override
  public void onConfigure(SchedulerCommand.Configure command) {
    care(command.tableId()).configure(command.config());
  }

  @Override
  public void onReport(SchedulerCommand.Report command) {
    JobReport report = command.report();
    Job job = ledger.report(report);
    if (job == null || report.state() == JobReport.State.RUNNING) {
      return;
    }
    JobRest rest = report.rest();
    if (rest != null) {
      gaveWay(job.after(rest));
      return;
    }
    LOG.info(
        "compaction of {}: {} of segments {} {} after {}: {} files gone, {} bytes before, {} after, {}"
            + " records moved or removed, {} removed {}",
        job.cache(),
        job.kind(),
        job.segments(),
        report.state(),
        report.duration(),
        report.files(),
        report.bytesBefore(),
        report.bytesAfter(),
        report.records(),
        report.removed(),
        report.reason());
    states.end(job);
    queue.release(job);
    publishRates(ledger.running());
    boolean unused = crew.end(job.id());
    care(job.tableId()).ended(job, report, seenChanges, space.time().nanoTime());
    nextTickNanos = space.time().nanoTime();
  }

  /** What gave way waits as the others do, and keeps its segments meanwhile. */
  private void gaveWay(Job job) {
    LOG.debug("compaction job {} of {} gives way, {}", job.id(), job.cache(), job.rest());
    queue.putBack(job, space.time().nanoTime());
    if (crew.end(job.id())) {
      onCancel(new SchedulerCommand.Cancel(job.id()));
    }
    publishRates(ledger.running());
  }

  private TableCare care(int tableId) {
    return plans.care(tableId);
  }

  @Override
  public long idleNanos() {
    return TICK_NANOS;
  }

  @Override
  public String roleName() {
    return "firn-compaction";
  }
}
