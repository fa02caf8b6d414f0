// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.engine.SegmentUsage;
import io.firn.cold.engine.Table;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.testkit.ManualTime;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionEvent;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionTotals;
import io.firn.compaction.JobPhase;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import io.firn.compaction.plan.AutoPlanner;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler with workers that only note what they are told. */
final class SchedulerJobsTest {
  private static final int KEYS = 8_000;

  @TempDir Path directory;
  private final Published<JobBoard> board =
      new Published<>(new JobBoard(List.of(), List.of(), CompactionTotals.NONE));
  private final Published<JobRates> rates = new Published<>(JobRates.NONE);
  private final Mailbox<SchedulerCommand> mailbox = new Mailbox<>();
  private final List<Mailbox<WorkerCommand>> workers = List.of(new Mailbox<>(), new Mailbox<>());

  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void jobsOfATable_runUpToItsNumber_andShareItsCeiling() {
    StoreOptions frozen =
        StoreOptions.builder().maximumDiskBytes(256L << 20).time(new ManualTime()).build();
    try (ColdStore store = ColdStore.open(directory, frozen)) {
      ColdTable table = store.table("books", TableOptions.defaults());
      fillAndRemoveMost(table);
      awaitSealed(store);
      int id = store.space().tables().get(0).id();
      CompactionScheduler scheduler = scheduler(store);
      tell(new SchedulerCommand.Pause(true));
      tell(configure(id, 1));
      tell(new SchedulerCommand.Compact(1, id, parity(0)));
      tell(new SchedulerCommand.Compact(2, id, parity(1)));
      assertThat(scheduler.doWork()).isPositive();
      assertThat(told()).containsExactly(1L);
      assertThat(rates.get().of(1)).isEqualTo(10_000);
      tell(configure(id, 2));
      assertThat(scheduler.doWork()).isPositive();
      assertThat(told()).containsExactly(2L);
      assertThat(rates.get().bytesPerSecond()).isEqualTo(Map.of(1L, 5_000L, 2L, 5_000L));
    }
  }

  @Test
  void aTurnEnds_whenItHasLastedLongEnough_andAnotherJobWaits() {
    ManualTime time = new ManualTime();
    try (ColdStore store = open(time, 256L << 20)) {
      fillAndRemoveMost(store.table("books", TableOptions.defaults()));
      int id = store.space().tables().get(0).id();
      CompactionScheduler scheduler = scheduler(store);
      tell(new SchedulerCommand.Pause(true));
      tell(configure(id, 1));
      tell(new SchedulerCommand.Compact(1, id, parity(0)));
      assertThat(scheduler.doWork()).isPositive();
      Job first = ((WorkerCommand.Run) commands().get(0)).job();
      time.advance(10 * Jobs.SECOND);
      int unused = scheduler.doWork();
      assertThat(commands()).as("nobody waits").isEmpty();

      tell(new SchedulerCommand.Compact(2, id, parity(1)));
      unused = scheduler.doWork();
      assertThat(commands()).containsExactly(new WorkerCommand.Yield(1));
      unused = scheduler.doWork();
      assertThat(commands()).as("it was told already").isEmpty();
      report(first, JobReport.State.YIELDED, 400);
      unused = scheduler.doWork();
      Job second = ((WorkerCommand.Run) commands().get(0)).job();
      assertThat(second.id()).isEqualTo(2);
      assertThat(board.get().jobs())
          .extracting(JobProgress::phase)
          .containsExactly(JobPhase.RUNNING, JobPhase.YIELDED);

      time.advance(2 * Jobs.SECOND - 1);
      unused = scheduler.doWork();
      assertThat(commands()).as("its turn is not over").isEmpty();
      time.advance(1);
      unused = scheduler.doWork();
      assertThat(commands()).containsExactly(new WorkerCommand.Yield(2));
      report(second, JobReport.State.COMPLETED, second.plannedBytes());
      unused = scheduler.doWork();
      assertThat(commands()).containsExactly(new WorkerCommand.Run(first.after(Jobs.rest(400))));
    }
  }

  @Test
  void aCancellation_thatCameWhileTheJobGaveWay_holds() {
    try (ColdStore store = open(new ManualTime(), 256L << 20)) {
      fillAndRemoveMost(store.table("books", TableOptions.defaults()));
      int id = store.space().tables().get(0).id();
      CompactionScheduler scheduler = scheduler(store);
      tell(new SchedulerCommand.Pause(true));
      tell(new SchedulerCommand.Compact(1, id, parity(0)));
      int unused = scheduler.doWork();
      Job job = ((WorkerCommand.Run) commands().get(0)).job();
      tell(new SchedulerCommand.Cancel(1));
      report(job, JobReport.State.YIELDED, 400);
      unused = scheduler.doWork();
      assertThat(commands()).containsExactly(new WorkerCommand.Cancel(1));
      unused = scheduler.doWork();
      assertThat(board.get().jobs()).isEmpty();
      assertThat(board.get().history()).extracting(JobRecord::problem).containsExactly("cancelled");
      assertThat(store.space().jobs().all()).isEmpty();
      tell(new SchedulerCommand.Compact(2, id, parity(0)));
      unused = scheduler.doWork();
      assertThat(told()).containsExactly(2L);
    }
  }

  @Test
  void aJobThatMakesRoom_neverGivesWay() {
    ManualTime time = new ManualTime();
    try (ColdStore store = open(time, 32L << 20)) {
      ColdTable table = store.table("books", TableOptions.defaults());
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 10 * KEYS; i++) {
                  table.put(key(i), new byte[1000], ColdTable.NEVER);
                }
              })
          .isInstanceOf(DiskFullException.class);
      int id = store.space().tables().get(0).id();
      CompactionScheduler scheduler = scheduler(store);
      tell(configure(id, 1));
      int unused = scheduler.doWork();
      Job makesRoom = ((WorkerCommand.Run) commands().get(0)).job();
      assertThat(AutoPlanner.makesRoom(makesRoom.priority())).isTrue();
      for (int i = 0; i < KEYS; i++) {
        unused += i % 10 != 0 && table.remove(key(i)) ? 1 : 0;
      }
      tell(new SchedulerCommand.Compact(1, id, CompactionOptions.defaults()));
      unused = scheduler.doWork();
      assertThat(board.get().jobs()).extracting(JobProgress::jobId).contains(1L);
      time.advance(10 * Jobs.SECOND);
      unused = scheduler.doWork();
      assertThat(commands()).isEmpty();
    }
  }

  private ColdStore open(ManualTime time, long maximumBytes) {
    return ColdStore.open(
        directory,
        StoreOptions.builder()
            .maximumDiskBytes(maximumBytes)
            .maximumSpaceWait(Duration.ZERO)
            .time(time)
            .build());
  }

  private void report(Job job, JobReport.State state, long done) {
    tell(new SchedulerCommand.Report(Jobs.report(job, state, done, "")));
  }

  private CompactionScheduler scheduler(ColdStore store) {
    JobListener deaf =
        new JobListener() {
          @Override
          public void onEvent(CompactionEvent event) {}

          @Override
          public void onEnd(JobEnd end) {}
        };
    JobLedger ledger = new JobLedger(() -> 0, board, deaf);
    return new CompactionScheduler(
        store.space(),
        ledger,
        rates,
        mailbox,
        workers,
        new SavedStates(store.space()),
        SavedStates.Restored.NOTHING);
  }

  private static SchedulerCommand configure(int table, int jobs) {
    return new SchedulerCommand.Configure(
        table,
        CompactionConfig.defaults().toBuilder()
            .maxConcurrentJobs(jobs)
            .maximumBytesPerSecond(10_000)
            .build());
  }

  private static CompactionOptions parity(int parity) {
    return CompactionOptions.builder()
        .filter(segment -> segment.number() % 2 == parity)
        .minSpaceSaving(0)
        .build();
  }

  private void tell(SchedulerCommand command) {
    assertThat(mailbox.post(command)).isTrue();
  }

  /** Returns the jobs that workers were given. */
  private List<Long> told() {
    List<Long> jobs = new ArrayList<>();
    for (WorkerCommand command : commands()) {
      if (command instanceof WorkerCommand.Run run) {
        jobs.add(run.job().id());
      }
    }
    return jobs;
  }

  /** Returns what workers were told. */
  private List<WorkerCommand> commands() {
    List<WorkerCommand> commands = new ArrayList<>();
    for (Mailbox<WorkerCommand> worker : workers) {
      int unused = worker.drain(commands::add);
    }
    return commands;
  }

  private static void fillAndRemoveMost(ColdTable table) {
    for (int i = 0; i < KEYS; i++) {
      table.put(key(i), new byte[1000], ColdTable.NEVER);
    }
    for (int i = 0; i < KEYS; i++) {
      if (i % 10 != 0) {
        assertThat(table.remove(key(i))).isTrue();
      }
    }
  }

  /** Waits for the thread that seals, until only what is filled and what comes next is not. */
  private static void awaitSealed(ColdStore store) {
    Table books = store.space().tables().get(0);
    while (store.space().segments(books).stream().filter(SegmentUsage::filling).count() > 2) {
      Thread.onSpinWait();
    }
  }

  private static byte[] key(int i) {
    return ByteBuffer.allocate(4).putInt(i).array();
  }
}
