// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.engine.Table;
import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Octets;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionResult;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobPhase;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A long job and a short one for one worker, whose time passes when the test says so. */
final class TurnsTest {
  private static final String FILMS = "films";
  private static final int KEYS = 1_000;
  private static final long MAXIMUM_BYTES = 64L << 20;
  private static final int MOST_STEPS = 20_000;
  private static final Duration FOR_EVER = Duration.ofDays(1);
  private static final Duration SHORT = Duration.ofMillis(700);

  /** Slices of two pages, so that a turn ends within a segment. */
  private static final CompactionConfig SLOW =
      CompactionConfig.defaults().toBuilder()
          .backgroundEnabled(false)
          .maximumBytesPerSecond(64 << 10)
          .build();

  private static final CompactionConfig FAST =
      CompactionConfig.defaults().toBuilder().backgroundEnabled(false).build();

  private SimDisk disk;
  private final ManualTime time = new ManualTime();
  private SteppedStore store;
  private Table films;

  @BeforeEach
  void open() {
    open(1, SHORT);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aLongJob_letsAShortOneRun_andCompletesWithTheSameCounts() throws Exception {
    reopen(1, FOR_EVER);
    AskedJob<CompactionResult> whole = compact(SteppedStore.TABLE);
    AskedJob<CompactionResult> second = compact(FILMS);
    await(whole);
    assertThat(second.result()).isNotDone();
    await(second);
    JobRecord expected = ended(whole);
    long walked = store.compaction().totals().walkedBytes();
    long moved = store.compaction().totals().movedBytes();

    reopen(1, SHORT);
    AskedJob<CompactionResult> job = compact(SteppedStore.TABLE);
    AskedJob<CompactionResult> brief = compact(FILMS);
    int turns = 0;
    double fraction = 0;
    boolean waits = false;
    while (!job.result().isDone()) {
      int unused = store.step();
      for (JobProgress each : store.compaction().jobs()) {
        if (each.jobId() == job.jobId()) {
          assertThat(each.fraction()).isBetween(fraction, 1.0);
          fraction = each.fraction();
          turns += each.phase() == JobPhase.YIELDED && !waits ? 1 : 0;
          waits = each.phase() == JobPhase.YIELDED;
        }
      }
      if (waits) {
        assertThat(brief.result()).isNotDone();
      }
    }
    assertThat(turns).isEqualTo(1);
    assertThat(brief.result()).isCompleted();
    JobRecord record = ended(job);
    assertThat(record.outcome()).isEqualTo(JobOutcome.COMPLETED);
    assertThat(record.files()).isEqualTo(expected.files()).isGreaterThan(5);
    assertThat(record.records()).isEqualTo(expected.records());
    assertThat(record.bytesBefore()).isEqualTo(expected.bytesBefore());
    assertThat(record.bytesAfter()).isEqualTo(expected.bytesAfter());
    assertThat(record.duration()).isBetween(SHORT, expected.duration().plusSeconds(1));
    assertThat(store.compaction().totals().walkedBytes()).isEqualTo(walked);
    assertThat(store.compaction().totals().movedBytes()).isEqualTo(moved);
    assertThat(record.started().toEpochMilli() + record.duration().toMillis())
        .as("what it waited does not count")
        .isLessThan(store.space().wallMillis());
    checkKept();
  }

  @Test
  void whileItWaits_itsFilesAreItsOwn_andItIsNotHeld() throws Exception {
    AskedJob<CompactionResult> job = compact(SteppedStore.TABLE);
    AskedJob<CompactionResult> brief = compact(FILMS);
    awaitYield(job);
    assertThat(await(compact(SteppedStore.TABLE)).files()).as("reserved").isZero();
    assertThat(await(brief).files()).isPositive();
    assertThat(await(job).files()).isGreaterThan(5);
    checkKept();
  }

  @Test
  void withoutAnyoneWhoWaits_noTurnEnds() throws Exception {
    reopen(2, Duration.ofMillis(1));
    store.compaction().configure(FILMS, SLOW);
    AskedJob<CompactionResult> job = compact(SteppedStore.TABLE);
    AskedJob<CompactionResult> beside = compact(FILMS);
    while (!job.result().isDone()) {
      int unused = store.step();
      assertThat(store.compaction().jobs())
          .extracting(JobProgress::phase)
          .doesNotContain(JobPhase.YIELDED);
    }
    assertThat(await(beside).files()).isPositive();
  }

  @Test
  void theShortestTurns_getOn() throws Exception {
    reopen(1, Duration.ofMillis(1));
    CompactionConfig hasty =
        SLOW.toBuilder().maxRuntime(Duration.ofMillis(1)).maximumBytesPerSecond(256 << 10).build();
    store.compaction().configure(SteppedStore.TABLE, hasty);
    store.compaction().configure(FILMS, hasty);
    List<AskedJob<CompactionResult>> all = new ArrayList<>();
    for (int parity = 0; parity < 2; parity++) {
      all.add(compact(SteppedStore.TABLE, parity));
      all.add(compact(FILMS, parity));
    }
    long before = dataBytes();
    long reclaimed = 0;
    for (AskedJob<CompactionResult> each : all) {
      reclaimed += await(each).reclaimedBytes();
    }
    store.settle();
    assertThat(reclaimed).isEqualTo(before - dataBytes());
    checkKept();
  }

  @Test
  void jobsOfOneTable_takeTurns_thoughAWorkerIsIdle() throws Exception {
    reopen(2, SHORT);
    store
        .compaction()
        .configure(
            SteppedStore.TABLE, SLOW.toBuilder().maxRuntime(SHORT).maxConcurrentJobs(1).build());
    AskedJob<CompactionResult> even = compact(SteppedStore.TABLE, 0);
    AskedJob<CompactionResult> odd = compact(SteppedStore.TABLE, 1);
    long before = dataBytes();
    awaitYield(even);
    awaitYield(odd);
    assertThat(await(even).reclaimedBytes() + await(odd).reclaimedBytes())
        .isEqualTo(before - dataBytes());
    assertThat(ended(even).files()).isPositive();
    assertThat(ended(odd).files()).isPositive();
    checkKept();
  }

  @Test
  void aJobThatWaits_isCancelled_andWhatItDidIsCounted() throws Exception {
    AskedJob<CompactionResult> job = compact(SteppedStore.TABLE);
    AskedJob<CompactionResult> brief = compact(FILMS);
    awaitYield(job);
    store.compaction().cancel(job.jobId());
    int unused = store.step();
    assertThatThrownBy(() -> job.result().get(0, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CancellationException.class);
    JobRecord record = ended(job);
    assertThat(record.outcome()).isEqualTo(JobOutcome.ABANDONED);
    assertThat(record.problem()).isEqualTo("cancelled");
    assertThat(record.records()).isPositive();
    assertThat(record.duration()).isGreaterThanOrEqualTo(SHORT);
    assertThat(store.compaction().totals().abandoned()).isEqualTo(1);
    assertThat(store.compaction().totals().walkedBytes()).isPositive();
    assertThat(saved()).extracting(SavedJob::jobId).doesNotContain(job.jobId());
    assertThat(await(brief).files()).isPositive();
    assertThat(await(compact(SteppedStore.TABLE)).files()).isPositive();
    checkKept();
  }

  @Test
  void aJobWhoseTableIsDropped_endsAndLeavesItsWorkerToOthers() throws Exception {
    AskedJob<CompactionResult> job = compact(SteppedStore.TABLE);
    while (store.compaction().jobs().stream().noneMatch(each -> each.fraction() > 0)) {
      int unused = store.step();
    }
    AskedJob<CompactionResult> brief = compact(FILMS);
    long unusedLsn = store.engine().dropTable(SteppedStore.TABLE);
    int unused = steps(job);
    assertThat(ended(job).outcome()).isEqualTo(JobOutcome.ABANDONED);
    assertThat(ended(job).problem()).isEqualTo("the table was dropped");
    assertThat(await(brief).files()).isPositive();
    assertThat(saved()).isEmpty();
  }

  @Test
  void onlyWorkCountsForTheTimeout() {
    reopen(1, Duration.ofMillis(100));
    store
        .compaction()
        .configure(FILMS, SLOW.toBuilder().maxRuntime(Duration.ofMillis(100)).build());
    CompactionOptions hasty = CompactionOptions.builder().timeout(SHORT).build();
    AskedJob<CompactionResult> job = store.compaction().askToCompact(SteppedStore.TABLE, hasty);
    AskedJob<CompactionResult> brief = compact(FILMS);
    awaitYield(job);
    time.advance(100 * Jobs.SECOND);
    int unused = steps(job);
    JobRecord record = ended(job);
    assertThat(record.outcome()).isEqualTo(JobOutcome.ABANDONED);
    assertThat(record.problem()).isEqualTo("timeout");
    assertThat(record.duration()).isBetween(SHORT, SHORT.plusMillis(300));
    assertThat(brief.result()).isNotDone();
  }

  @Test
  void aJobThatWaits_goesOnAfterARestart() throws Exception {
    reopen(1, Duration.ofSeconds(4)); // enough for a segment, and a part of the next
    AskedJob<CompactionResult> job = compact(SteppedStore.TABLE);
    AskedJob<CompactionResult> brief = compact(FILMS);
    int files = store.compaction().segments(SteppedStore.TABLE).size();
    awaitYield(job);
    assertThat(saved()).extracting(SavedJob::jobId).contains(job.jobId(), brief.jobId());
    SavedJob left = saved().stream().filter(each -> each.jobId() == job.jobId()).findAny().get();
    assertThat(left.files()).hasSizeBetween(1, files - 1);
    store.close();
    assertThat(job.result()).isCompletedExceptionally();

    store = SteppedStore.open(disk, MAXIMUM_BYTES, time, 1);
    films = store.engine().openTable(FILMS, Octets.EMPTY);
    while (store.compaction().history().size() < 2) {
      int unused = store.step();
    }
    assertThat(store.compaction().history())
        .extracting(JobRecord::jobId)
        .containsExactlyInAnyOrder(job.jobId(), brief.jobId());
    JobRecord record = ended(job);
    assertThat(record.outcome()).isEqualTo(JobOutcome.COMPLETED);
    assertThat(record.files())
        .as("the file that was half empty may be filled again")
        .isBetween(left.files().size() - 1, left.files().size());
    assertThat(saved()).isEmpty();
    checkKept();
  }

  private void reopen(int workers, Duration maxRuntime) {
    store.close();
    open(workers, maxRuntime);
  }

  /** Opens a new store with two tables, of each of which a quarter of the records lives. */
  private void open(int workers, Duration maxRuntime) {
    disk = new SimDisk(1);
    store = SteppedStore.open(disk, MAXIMUM_BYTES, time, workers);
    films = store.engine().openTable(FILMS, Octets.EMPTY);
    CompactionConfig config = SLOW.toBuilder().maxRuntime(maxRuntime).build();
    store.compaction().configure(SteppedStore.TABLE, config);
    store.compaction().configure(FILMS, FAST);
    for (int i = 0; i < KEYS; i++) {
      store.put(i, 0, SteppedStore.NEVER);
      SteppedStore.put(films, SteppedStore.key(i), SteppedStore.value(i, 1), SteppedStore.NEVER);
    }
    for (int i = 0; i < KEYS; i++) {
      if (i % 4 != 0) {
        assertThat(store.remove(SteppedStore.key(i))).isTrue();
        assertThat(SteppedStore.remove(films, SteppedStore.key(i))).isTrue();
      }
    }
    films.space().closeStreams();
    store.seal();
  }

  private AskedJob<CompactionResult> compact(String cache) {
    return store.compaction().askToCompact(cache, CompactionOptions.defaults());
  }

  private AskedJob<CompactionResult> compact(String cache, int parity) {
    return store
        .compaction()
        .askToCompact(
            cache,
            CompactionOptions.builder()
                .filter(segment -> segment.number() % 2 == parity)
                .minSpaceSaving(0)
                .build());
  }

  private CompactionResult await(AskedJob<CompactionResult> job) throws Exception {
    int unused = steps(job);
    return job.result().get(0, TimeUnit.SECONDS);
  }

  private int steps(AskedJob<CompactionResult> job) {
    int steps = 0;
    while (!job.result().isDone()) {
      int unused = store.step();
      assertThat(steps++)
          .as("a job never ends: %s", store.compaction().jobs())
          .isLessThan(MOST_STEPS);
    }
    return steps;
  }

  private void awaitYield(AskedJob<CompactionResult> job) {
    for (int i = 0; !yields(job); i++) {
      int unused = store.step();
      assertThat(i).as("a job never gives way").isLessThan(MOST_STEPS);
    }
  }

  private boolean yields(AskedJob<CompactionResult> job) {
    return store.compaction().jobs().stream()
        .anyMatch(each -> each.jobId() == job.jobId() && each.phase() == JobPhase.YIELDED);
  }

  private JobRecord ended(AskedJob<CompactionResult> job) {
    return store.compaction().history().stream()
        .filter(each -> each.jobId() == job.jobId())
        .findFirst()
        .orElseThrow();
  }

  /** Returns what is kept of jobs for a restart. */
  private List<SavedJob> saved() {
    List<SavedJob> jobs = new ArrayList<>();
    for (JobEntry each : store.space().jobs().all()) {
      if (each.kind() == SavedStates.JOB) {
        jobs.add(SavedJob.decode(each));
      }
    }
    return jobs;
  }

  private long dataBytes() {
    return disk.sizes().entrySet().stream()
        .filter(file -> file.getKey().startsWith("data/"))
        .mapToLong(file -> file.getValue())
        .sum();
  }

  private void checkKept() {
    for (int i = 0; i < KEYS; i++) {
      assertThat(store.get(SteppedStore.key(i)))
          .as("key %d", i)
          .isEqualTo(i % 4 == 0 ? SteppedStore.value(i, 0) : null);
    }
    assertThat(films.size()).isEqualTo(KEYS / 4);
    assertThat(store.verify().findings()).isEmpty();
  }
}
