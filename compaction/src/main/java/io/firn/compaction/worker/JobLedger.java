// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.CompactionEvent;
import io.firn.compaction.CompactionTotals;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobPhase;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the books of the jobs: which run and how far, which have ended and how, and what they add
 * up to. For the scheduler's thread; others see what it publishes.
 */
final class JobLedger {
  /** How many ended jobs are remembered. */
  static final int HISTORY = 256;

  private final LongSupplier wallMillis;
  private final Published<JobBoard> board;
  private final JobListener listener;
  private final Map<Long, Running> running = new LinkedHashMap<>();

  /** What had given way and waits for its next turn. */
  private final Map<Long, Yielded> yielded = new HashMap<>();

  private final Deque<JobRecord> history = new ArrayDeque<>();

  /** Who asked for a job hears of its end when the history has it. */
  private final Deque<JobEnd> ends = new ArrayDeque<>();

  private long performed;
  private long failed;
  private long abandoned;
  private long reclaimedBytes;
  private long walkedBytes;
  private long movedBytes;
  private long busyMillis;

  private record Running(Job job, JobProgress progress) {}

  private record Yielded(JobProgress progress, JobReport report) {}

  JobLedger(LongSupplier wallMillis, Published<JobBoard> board, JobListener listener) {
    this.wallMillis = wallMillis;
    this.board = board;
    this.listener = listener;
  }

  private Instant now() {
    return Instant.ofEpochMilli(wallMillis.getAsLong());
  }

  /** Returns how many jobs of a table run. */
  int runningIn(int tableId) {
    return (int) running.values().stream().filter(each -> each.job().tableId() == tableId).count();
  }

  /** Returns the jobs that run. */
  List<Job> running() {
    return running.values().stream().map(Running::job).toList();
  }

  /** Lets others see how things stand, and those hear who asked for what has ended. */
  void publish(List<Job> waiting, boolean paused) {
    List<JobProgress> jobs = new ArrayList<>();
    running.values().forEach(each -> jobs.add(each.progress()));
    waiting.forEach(job -> jobs.add(waiting(job)));
    board.set(
        new JobBoard(
            jobs,
            new ArrayList<>(history),
            new CompactionTotals(
                performed,
                failed,
                abandoned,
                reclaimedBytes,
                walkedBytes,
                movedBytes,
                busyMillis,
                paused)));
    for (JobEnd end = ends.poll(); end != null; end = ends.poll()) {
      listener.onEnd(end);
    }
  }

  private JobProgress waiting(Job job) {
    Yielded before = yielded.get(job.id());
    return before == null ? progress(job, JobPhase.QUEUED) : before.progress();
  }

  private JobProgress progress(Job job, JobPhase phase) {
    return new JobProgress(
        job.id(),
        job.cache(),
        job.kind(),
        phase,
        job.plannedBytes(),
        0,
        0,
        now(),
        now(),
        job.reason());
  }

  /** A worker got a job, or gets on with one that had given way. */
  void started(Job job) {
    Yielded before = yielded.remove(job.id());
    if (before != null) {
      running.put(job.id(), new Running(job, in(JobPhase.RUNNING, before.progress())));
      return;
    }
    running.put(job.id(), new Running(job, progress(job, JobPhase.RUNNING)));
    event(job, CompactionEvent.Type.STARTED, 0, Duration.ZERO, 0, job.reason());
  }

  /** A job was not taken. */
  void refused(long jobId, String why) {
    ends.add(JobEnd.withoutWork(jobId, JobOutcome.ABANDONED, why));
  }

  /** A job found nothing to do, so that all of it is done. */
  void nothingToDo(Job job) {
    event(job, CompactionEvent.Type.STARTED, 0, Duration.ZERO, 0, job.reason());
    event(job, CompactionEvent.Type.COMPLETED, 0, Duration.ZERO, 1, job.reason());
    remember(job, now(), JobEnd.withoutWork(job.id(), JobOutcome.COMPLETED, ""), 0);
  }

  private JobProgress in(JobPhase phase, JobProgress progress) {
    return progress.advanced(phase, progress.doneBytes(), progress.records(), now());
  }

  /** A job was given up before it ran, or after it had given way. */
  void abandoned(Job job, String why) {
    Yielded before = yielded.remove(job.id());
    if (before != null) {
      end(job, before.progress(), before.report().abandoned(why));
      return;
    }
    event(job, CompactionEvent.Type.ABANDONED, 0, Duration.ZERO, 0, why);
    remember(job, now(), JobEnd.withoutWork(job.id(), JobOutcome.ABANDONED, why), 0);
  }

  /** Takes a worker's report; returns its job, null if there is none. */
  @Nullable Job report(JobReport report) {
    Running before = running.get(report.jobId());
    if (before == null) {
      return null;
    }
    Job job = before.job();
    boolean completed = report.state() == JobReport.State.COMPLETED;
    JobProgress progress =
        before
            .progress()
            .advanced(
                JobPhase.RUNNING,
                completed ? job.plannedBytes() : unfinished(job, report.doneBytes()),
                report.records(),
                now());
    running.put(job.id(), new Running(job, progress));
    for (double mark : job.kind().marksCrossed(before.progress().fraction(), progress.fraction())) {
      event(
          job, CompactionEvent.Type.PROGRESS, saved(report), report.duration(), mark, job.reason());
    }
    if (report.state() == JobReport.State.YIELDED) {
      Running unused = running.remove(job.id());
      yielded.put(job.id(), new Yielded(in(JobPhase.YIELDED, progress), report));
    } else if (report.state() != JobReport.State.RUNNING) {
      end(job, progress, report);
    }
    return job;
  }

  /** All pages may be worked through, and yet the files not gone: that is not all of it. */
  private static long unfinished(Job job, long doneBytes) {
    return Math.min(doneBytes, Math.max(0, job.plannedBytes() - 1));
  }

  private static long saved(JobReport report) {
    return report.bytesBefore() - report.bytesAfter();
  }

  private void end(Job job, JobProgress progress, JobReport report) {
    JobOutcome outcome;
    CompactionEvent.Type type;
    switch (report.state()) {
      case COMPLETED -> {
        outcome = JobOutcome.COMPLETED;
        type = CompactionEvent.Type.COMPLETED;
      }
      case FAILED -> {
        outcome = JobOutcome.FAILED;
        type = CompactionEvent.Type.FAILED;
      }
      default -> {
        outcome = JobOutcome.ABANDONED;
        type = CompactionEvent.Type.ABANDONED;
      }
    }
    performed += outcome == JobOutcome.COMPLETED ? 1 : 0;
    failed += outcome == JobOutcome.FAILED ? 1 : 0;
    abandoned += outcome == JobOutcome.ABANDONED ? 1 : 0;
    reclaimedBytes += saved(report);
    walkedBytes += report.doneBytes();
    movedBytes += report.movedBytes();
    busyMillis += report.duration().toMillis();
    Running unused = running.remove(job.id());
    String why = report.reason().isEmpty() ? job.reason() : report.reason();
    event(job, type, saved(report), report.duration(), progress.fraction(), why);
    remember(job, progress.started(), JobEnd.of(report, outcome), report.records());
  }

  private void remember(Job job, Instant started, JobEnd end, long records) {
    history.addFirst(
        new JobRecord(
            job.id(),
            job.cache(),
            job.kind(),
            end.outcome(),
            started,
            end.duration(),
            end.result().files(),
            end.result().bytesBefore(),
            end.result().bytesAfter(),
            records,
            job.reason(),
            end.problem()));
    if (history.size() > HISTORY) {
      JobRecord unused = history.removeLast();
    }
    ends.add(end);
  }

  private void event(
      Job job,
      CompactionEvent.Type type,
      long spaceSaved,
      Duration duration,
      double fraction,
      String reason) {
    listener.onEvent(
        new CompactionEvent(
            type,
            job.id(),
            job.cache(),
            job.kind(),
            job.segments().size(),
            spaceSaved,
            duration,
            fraction,
            reason));
  }
}
