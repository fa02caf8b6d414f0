// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.engine.SegmentUsage;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.testkit.ManualTime;
import io.firn.compaction.JobKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is held back, stepped by hand on a clock that stands still in between. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PacedWorkerTest {
  private static final long MIB = 1L << 20;
  private static final long STEP_NANOS = 10_000_000L;
  private static final int KEYS = 8_000;

  /** Out of reach, as the clock here may run far ahead of the threads that delete files. */
  private static final long TIMEOUT_NANOS = 1_000_000_000 * Jobs.SECOND;

  @TempDir Path directory;
  private final ManualTime time = new ManualTime();
  private final Published<JobRates> rates = new Published<>(JobRates.NONE);
  private final List<JobReport> reports = new ArrayList<>();
  private ColdStore store;
  private StoreSpace space;
  private ColdTable table;
  private CompactionWorker worker;
  private Job job;

  @BeforeEach
  void open() {
    store =
        ColdStore.open(
            directory, StoreOptions.builder().maximumDiskBytes(256 * MIB).time(time).build());
    space = store.space();
    table = store.table("books", TableOptions.defaults());
    for (int i = 0; i < KEYS; i++) {
      table.put(key(i), new byte[1000], ColdTable.NEVER);
    }
    for (int i = 0; i < KEYS; i++) {
      if (i % 4 != 0) {
        assertThat(table.remove(key(i))).isTrue();
      }
    }
    awaitSealed();
    worker = new CompactionWorker(0, space, reports::add, rates, new SavedStates(space));
    job = job();
  }

  @AfterEach
  void close() {
    worker.stop();
    store.close();
  }

  @Test
  void aJobUnderACeiling_movesNoMoreThanItInASecond() {
    long rate = 2 * MIB;
    rates.set(new JobRates(Map.of(job.id(), rate)));
    long from = time.nanoTime();
    start();
    while (!ended()) {
      double seconds = (time.nanoTime() - from) / 1e9;
      // Half of what was earned may be read, and a slice is at most an eighth of a second.
      assertThat(last().doneBytes()).isLessThanOrEqualTo((long) (rate * seconds) + rate / 8);
      time.advance(STEP_NANOS);
      work();
    }
    assertThat(last().state()).isEqualTo(JobReport.State.COMPLETED);
    assertThat(last().doneBytes()).isEqualTo(job.plannedBytes());
    double seconds = (time.nanoTime() - from) / 1e9;
    long moved = job.plannedBytes() + KEYS / 4 * 1000L;
    assertThat(seconds * rate).isGreaterThan(moved * 0.9);
    checkKept();
  }

  @Test
  void withoutACeiling_itNeedsNoTimeAtAll() {
    start();
    while (!ended()) {
      work();
      Thread.onSpinWait();
    }
    assertThat(last().state()).isEqualTo(JobReport.State.COMPLETED);
    assertThat(last().duration()).isZero();
    checkKept();
  }

  @Test
  void aJobThatWaitsForItsBytes_goesOnWhenItIsLetGo_andCanBeCancelled() {
    rates.set(new JobRates(Map.of(job.id(), 1L)));
    start();
    work();
    assertThat(last().doneBytes()).isZero();
    assertThat(worker.doWork()).isZero();
    assertThat(worker.idleNanos()).isGreaterThan(STEP_NANOS);
    rates.set(JobRates.NONE);
    assertThat(worker.doWork()).isPositive();
    time.advance(Jobs.SECOND);
    assertThat(worker.doWork()).isPositive();
    assertThat(last().doneBytes()).isPositive();
    rates.set(new JobRates(Map.of(job.id(), 1L)));
    work();
    assertThat(worker.mailbox().post(new WorkerCommand.Cancel(job.id()))).isTrue();
    work();
    assertThat(last().state()).isEqualTo(JobReport.State.ABANDONED);
    checkKept();
    assertThat(store.verify().findings()).isEmpty();
  }

  /** Waits for the thread that seals, until only what is filled and what comes next is not. */
  private void awaitSealed() {
    Table books = space.tables().get(0);
    while (space.segments(books).stream().filter(SegmentUsage::filling).count() > 2) {
      Thread.onSpinWait();
    }
  }

  private Job job() {
    Table books = space.tables().get(0);
    List<Integer> sealed = new ArrayList<>();
    long bytes = 0;
    for (SegmentUsage usage : space.segments(books)) {
      if (!usage.filling()) {
        sealed.add(usage.number());
        bytes += usage.capacityBytes();
      }
    }
    return new Job(
        7,
        books.id(),
        "books",
        JobKind.FILES,
        sealed,
        bytes,
        bytes / 2,
        false,
        TIMEOUT_NANOS,
        TIMEOUT_NANOS,
        Job.BY_ITSELF,
        0,
        "a test",
        null);
  }

  private void start() {
    assertThat(worker.mailbox().post(new WorkerCommand.Run(job))).isTrue();
    work();
  }

  /** Lets the worker work until it has to wait. */
  private void work() {
    while (worker.doWork() > 0) {
      Thread.onSpinWait();
    }
  }

  private JobReport last() {
    return reports.get(reports.size() - 1);
  }

  private boolean ended() {
    return last().state() != JobReport.State.RUNNING;
  }

  private void checkKept() {
    for (int i = 0; i < KEYS; i++) {
      assertThat(table.get(key(i)) != null).isEqualTo(i % 4 == 0);
    }
  }

  private static byte[] key(int i) {
    return ByteBuffer.allocate(4).putInt(i).array();
  }
}
