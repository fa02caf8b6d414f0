// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.engine.SegmentUsage;
import io.firn.cold.engine.Table;
import io.firn.cold.testkit.ManualTime;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionEvent;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionTotals;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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

  private CompactionScheduler scheduler(ColdStore store) {
    Published<JobBoard> board =
        new Published<>(new JobBoard(List.of(), List.of(), CompactionTotals.NONE));
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
    for (Mailbox<WorkerCommand> worker : workers) {
      int unused =
          worker.drain(
              command -> {
                if (command instanceof WorkerCommand.Run run) {
                  jobs.add(run.job().id());
                }
              });
    }
    return jobs;
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
