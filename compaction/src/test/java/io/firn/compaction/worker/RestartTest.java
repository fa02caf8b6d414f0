// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.engine.JobStates;
import io.firn.cold.engine.SegmentUsage;
import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Octets;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.testkit.ManualTime;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionResult;
import io.firn.compaction.ExpiryResult;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What outlives a restart, on a real store whose time stands still unless the test moves it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RestartTest {
  private static final int KEYS = 24_000;
  private static final String BOOKS = "books";
  private static final CompactionConfig BY_HAND =
      CompactionConfig.defaults().toBuilder().backgroundEnabled(false).build();
  private static final CompactionConfig SLOW =
      BY_HAND.toBuilder().maximumBytesPerSecond(4 << 20).build();

  /** The test moves the time faster than the worker works. */
  private static final CompactionOptions PATIENT =
      CompactionOptions.builder().timeout(Duration.ofDays(50_000)).build();

  @TempDir Path directory;
  private final ManualTime time = new ManualTime();

  @Test
  void settings_surviveARestart_andACrash() throws Exception {
    Path copy = directory.resolve("copy");
    CompactionConfig other = SLOW.toBuilder().compactThresholdFiles(3).build();
    try (ColdStore store = open(directory.resolve("store"));
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      ColdTable unused = store.table(BOOKS, TableOptions.defaults());
      unused = store.table("films", TableOptions.defaults());
      compaction.configure(BOOKS, SLOW);
      compaction.configure("films", SLOW);
      compaction.configure("films", other);
      crash(directory.resolve("store"), copy);
    }
    for (Path each : List.of(copy.resolve("1"), directory.resolve("store"))) {
      try (ColdStore store = open(each);
          StoreCompaction compaction = StoreCompaction.start(store, 1)) {
        assertThat(compaction.config(BOOKS)).isEqualTo(SLOW);
        assertThat(compaction.config("films")).isEqualTo(other);
      }
    }
  }

  @Test
  void settings_goWithTheirTable() {
    try (ColdStore store = open(directory);
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      ColdTable unused = store.table(BOOKS, TableOptions.defaults());
      compaction.configure(BOOKS, SLOW);
      store.drop(BOOKS);
      unused = store.table(BOOKS, TableOptions.defaults());
      assertThat(compaction.config(BOOKS)).isEqualTo(CompactionConfig.defaults());
      assertThat(states(store)).isEmpty();
    }
    try (ColdStore store = open(directory);
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      ColdTable unused = store.table(BOOKS, TableOptions.defaults());
      assertThat(compaction.config(BOOKS)).isEqualTo(CompactionConfig.defaults());
    }
  }

  @Test
  void aJobInItsMiddle_goesOnAfterARestart_andAfterACrash() throws Exception {
    Path home = directory.resolve("store");
    Path copy = directory.resolve("copy");
    long before;
    long asked;
    try (ColdStore store = open(home)) {
      StoreCompaction compaction = StoreCompaction.start(store, 1);
      pause(compaction);
      garbage(store);
      before = dataBytes(home);
      compaction.configure(BOOKS, SLOW);
      AskedJob<CompactionResult> job = compaction.askToCompact(BOOKS, PATIENT);
      asked = job.jobId();
      int files = awaitFiles(store, asked);
      while (files(store, asked) == files) {
        time.advance(10_000_000L);
        Thread.onSpinWait();
      }
      crash(home, copy);
      compaction.close();
      assertThat(job.result()).isCompletedExceptionally();
      assertThat(files(store, asked)).isBetween(1, files - 1);
    }
    for (Path each : List.of(copy.resolve("1"), home)) {
      try (ColdStore store = open(each);
          StoreCompaction compaction = StoreCompaction.start(store, 1)) {
        assertThat(compaction.config(BOOKS)).isEqualTo(SLOW);
        while (compaction.jobs().isEmpty()) {
          Thread.onSpinWait();
        }
        JobProgress running = compaction.jobs().get(0);
        assertThat(running.jobId()).isEqualTo(asked);
        assertThat(running.reason()).isEqualTo("resumed after a restart");
        compaction.configure(BOOKS, BY_HAND);
        JobRecord ended = awaitEnd(compaction);
        assertThat(ended.jobId()).isEqualTo(asked);
        assertThat(ended.reason()).isEqualTo("resumed after a restart");
        assertThat(ended.problem()).isEmpty();
        assertThat(ended.outcome()).isEqualTo(JobOutcome.COMPLETED);
        assertThat(jobs(store)).isEmpty();
        assertThat(dataBytes(each)).isLessThan(before / 2);
        checkKept(store);
        AskedJob<ExpiryResult> next = compaction.askToPurge(BOOKS);
        assertThat(next.jobId()).isGreaterThan(asked);
        assertThat(next.result().get(60, TimeUnit.SECONDS).removed()).isZero();
      }
    }
    try (ColdStore store = open(home);
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      assertThat(compaction.purgeExpired(BOOKS).get(60, TimeUnit.SECONDS).removed()).isZero();
      assertThat(compaction.history()).hasSize(1);
    }
  }

  @Test
  void aJobThatHasEnded_isNotKept_howeverItEnded() throws Exception {
    try (ColdStore store = open(directory);
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      pause(compaction);
      garbage(store);
      compaction.configure(
          BOOKS, SLOW.toBuilder().maximumBytesPerSecond(1).maxConcurrentJobs(1).build());
      AskedJob<CompactionResult> runs = compaction.askToCompact(BOOKS, parity(0));
      AskedJob<CompactionResult> waits = compaction.askToCompact(BOOKS, parity(1));
      int unused = awaitFiles(store, runs.jobId()) + awaitFiles(store, waits.jobId());
      for (AskedJob<CompactionResult> each : List.of(waits, runs)) {
        compaction.cancel(each.jobId());
        assertThatThrownBy(() -> each.result().get(60, TimeUnit.SECONDS))
            .hasCauseInstanceOf(CancellationException.class);
      }
      assertThat(jobs(store)).isEmpty();

      CompletableFuture<CompactionResult> hasty =
          compaction.compact(
              BOOKS, CompactionOptions.builder().timeout(Duration.ofMillis(1)).build());
      while (!hasty.isDone()) {
        time.advance(1_000_000L);
        Thread.onSpinWait();
      }
      assertThat(hasty).isCompletedExceptionally();
      assertThat(jobs(store)).isEmpty();

      compaction.configure(BOOKS, BY_HAND);
      assertThat(
              compaction
                  .compact(BOOKS, CompactionOptions.defaults())
                  .get(60, TimeUnit.SECONDS)
                  .files())
          .isPositive();
      assertThat(jobs(store)).isEmpty();
      checkKept(store);
    }
  }

  @Test
  void whatCannotBeRead_isDropped_andWhatIsNotOurs_stays() {
    Octets newer = Octets.of(new byte[] {99, 0, 0, 0});
    JobEntry foreign = new JobEntry(JobStates.WHOLE_STORE, 1, 77, newer);
    try (ColdStore store = open(directory)) {
      ColdTable unused = store.table(BOOKS, TableOptions.defaults());
      int table = store.space().tables().get(0).id();
      JobStates states = store.space().jobs();
      states.save(table, 0, SavedStates.SETTINGS, newer);
      states.save(table, 1, SavedStates.JOB, newer);
      states.save(table, 2, SavedStates.JOB, Octets.of(new byte[] {1, 1}));
      states.save(foreign.tableId(), foreign.jobId(), foreign.kind(), foreign.state());
      try (StoreCompaction compaction = StoreCompaction.start(store, 1)) {
        assertThat(compaction.config(BOOKS)).isEqualTo(CompactionConfig.defaults());
        assertThat(states(store)).containsExactly(foreign);
        assertThat(compaction.jobs()).isEmpty();
      }
    }
  }

  @Test
  void aJobWithoutFiles_isDone_andOneThatNeverGetsOn_isGivenUp() {
    try (ColdStore store = open(directory)) {
      garbage(store);
      var table = store.space().tables().get(0);
      var first = store.space().segments(table).get(0);
      long base = java.util.Objects.requireNonNull(table.space().find(first.number())).lsnBase();
      SavedJob.File gone = new SavedJob.File(first.number(), base + 8);
      SavedJob.File left = new SavedJob.File(first.number(), base);
      keep(store, new SavedJob(5, table.id(), JobKind.FILES, 0, 1, 1L << 40, List.of(gone)));
      keep(store, new SavedJob(6, table.id(), JobKind.FILES, 3, 1, 1L << 40, List.of(gone, left)));
      try (StoreCompaction compaction = StoreCompaction.start(store, 1)) {
        while (compaction.history().size() < 2) {
          Thread.onSpinWait();
        }
        JobRecord givenUp = compaction.history().get(0);
        assertThat(givenUp.jobId()).isEqualTo(6);
        assertThat(givenUp.outcome()).isEqualTo(JobOutcome.ABANDONED);
        assertThat(givenUp.problem()).isEqualTo("interrupted 3 times without getting on");
        JobRecord done = compaction.history().get(1);
        assertThat(done.jobId()).isEqualTo(5);
        assertThat(done.outcome()).isEqualTo(JobOutcome.COMPLETED);
        assertThat(done.files()).isZero();
        assertThat(jobs(store)).isEmpty();
      }
    }
  }

  @Test
  void eachAttempt_isCounted_untilAFileIsEmptied() {
    for (int attempt = 0; attempt < 2; attempt++) {
      try (ColdStore store = open(directory)) {
        if (attempt == 0) {
          garbage(store);
        }
        try (StoreCompaction compaction = StoreCompaction.start(store, 1)) {
          if (attempt == 0) {
            compaction.configure(BOOKS, SLOW);
            long unused = compaction.askToCompact(BOOKS, PATIENT).jobId();
          }
          while (jobs(store).isEmpty()
              || SavedJob.decode(jobs(store).get(0)).attempts() < attempt) {
            Thread.onSpinWait();
          }
        }
        assertThat(SavedJob.decode(jobs(store).get(0)).attempts()).isEqualTo(attempt);
      }
    }
    try (ColdStore store = open(directory);
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      int files = SavedJob.decode(jobs(store).get(0)).files().size();
      while (SavedJob.decode(jobs(store).get(0)).files().size() == files) {
        time.advance(10_000_000L);
        Thread.onSpinWait();
      }
      assertThat(SavedJob.decode(jobs(store).get(0)).attempts()).isZero();
      assertThat(compaction.history()).isEmpty();
    }
  }

  @Test
  void onAFullDisk_settingsHoldUntilTheEnd_andJobsRunAllTheSame() throws Exception {
    StoreOptions small =
        StoreOptions.builder()
            .maximumDiskBytes(32L << 20)
            .maximumSpaceWait(Duration.ZERO)
            .time(time)
            .build();
    CompactionConfig last;
    try (ColdStore store = ColdStore.open(directory, small);
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      pause(compaction);
      ColdTable table = store.table(BOOKS, TableOptions.defaults());
      compaction.configure(BOOKS, BY_HAND);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 4 * KEYS; i++) {
                  table.put(key(i), new byte[1000], ColdTable.NEVER);
                }
              })
          .isInstanceOf(DiskFullException.class);
      CompactionConfig kept = BY_HAND;
      CompactionConfig set = BY_HAND;
      for (int i = 1; kept.equals(set); i++) {
        ColdTable other = store.table("films" + i, TableOptions.defaults()); // takes some room
        assertThatThrownBy(() -> other.put(key(1), new byte[1000], ColdTable.NEVER))
            .isInstanceOf(DiskFullException.class);
        set = BY_HAND.toBuilder().compactThresholdFiles(i).build();
        compaction.configure(BOOKS, set);
        assertThat(compaction.config(BOOKS)).isEqualTo(set);
        kept = CompactionConfig.decode(states(store).get(0).state().toArray());
      }
      last = kept;
      for (int i = 0; i < 4 * KEYS; i++) {
        boolean unused = i % 10 != 0 && table.remove(key(i));
      }
      assertThat(
              compaction
                  .compact(BOOKS, CompactionOptions.defaults())
                  .get(60, TimeUnit.SECONDS)
                  .files())
          .isPositive();
    }
    try (ColdStore store = ColdStore.open(directory, small);
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      assertThat(compaction.config(BOOKS)).isEqualTo(last);
      assertThat(compaction.jobs()).isEmpty();
    }
  }

  private ColdStore open(Path home) {
    return ColdStore.open(
        home, StoreOptions.builder().maximumDiskBytes(256L << 20).time(time).build());
  }

  /**
   * Copies the files of a store that is open, as a killed process would leave them: two copies that
   * are the same show one moment.
   */
  private static void crash(Path home, Path copy) throws IOException {
    boolean same = false;
    while (!same) {
      delete(copy);
      try {
        List<Path> names = copyAll(home, copy.resolve("1"));
        same = names.equals(copyAll(home, copy.resolve("2"))) && !differ(copy, names);
      } catch (NoSuchFileException | UncheckedIOException e) {
        same = false; // a file was deleted meanwhile
      }
    }
  }

  /** Copies what is there, and returns the names. */
  private static List<Path> copyAll(Path home, Path copy) throws IOException {
    List<Path> names;
    try (Stream<Path> files = Files.walk(home)) {
      names = files.map(home::relativize).sorted().toList();
    }
    Path unused = Files.createDirectories(copy);
    for (Path each : names.subList(1, names.size())) {
      unused = Files.copy(home.resolve(each), copy.resolve(each));
    }
    return names;
  }

  private static boolean differ(Path copies, List<Path> names) throws IOException {
    for (Path each : names) {
      Path file = copies.resolve("1").resolve(each);
      if (Files.isRegularFile(file)
          && Files.mismatch(file, copies.resolve("2").resolve(each)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static void delete(Path copy) throws IOException {
    if (Files.exists(copy)) {
      try (Stream<Path> files = Files.walk(copy)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static void garbage(ColdStore store) {
    ColdTable table = store.table(BOOKS, TableOptions.defaults());
    for (int i = 0; i < KEYS; i++) {
      table.put(key(i), new byte[1000], ColdTable.NEVER);
    }
    for (int i = 0; i < KEYS; i++) {
      if (i % 10 != 0) {
        assertThat(table.remove(key(i))).isTrue();
      }
    }
    awaitSealed(store);
  }

  /** Waits until most files are sealed, by another thread: the others are left alone by jobs. */
  private static void awaitSealed(ColdStore store) {
    var books = store.space().tables().get(0);
    List<SegmentUsage> files = store.space().segments(books);
    while (2 * files.stream().filter(SegmentUsage::filling).count() > files.size()) {
      Thread.onSpinWait();
      files = store.space().segments(books);
    }
  }

  /**
   * Returns once the scheduler plans nothing by itself. If its first look were late, it would plan
   * a job of its own here, and as time stands still that would keep the only worker for ever.
   */
  private static void pause(StoreCompaction compaction) {
    compaction.pause();
    while (!compaction.totals().paused()) {
      Thread.onSpinWait();
    }
  }

  private static void checkKept(ColdStore store) {
    ColdTable table = store.table(BOOKS, TableOptions.defaults());
    for (int i = 0; i < KEYS; i++) {
      assertThat(table.get(key(i)) != null).isEqualTo(i % 10 == 0);
    }
    assertThat(store.verify().findings()).isEmpty();
  }

  private static CompactionOptions parity(int parity) {
    return CompactionOptions.builder()
        .filter(segment -> segment.number() % 2 == parity)
        .minSpaceSaving(0)
        .build();
  }

  private static void keep(ColdStore store, SavedJob job) {
    JobStates states = store.space().jobs();
    states.save(
        job.tableId(), job.jobId(), SavedStates.JOB, job.encode(states.maximumStateBytes()));
  }

  private static List<JobEntry> states(ColdStore store) {
    return store.space().jobs().all();
  }

  private static List<JobEntry> jobs(ColdStore store) {
    return states(store).stream().filter(each -> each.kind() == SavedStates.JOB).toList();
  }

  /** Returns how many files a job has by what is kept of it; 0 if nothing is. */
  private static int files(ColdStore store, long jobId) {
    return jobs(store).stream()
        .filter(each -> each.jobId() == jobId)
        .mapToInt(each -> SavedJob.decode(each).files().size())
        .sum();
  }

  private static int awaitFiles(ColdStore store, long jobId) {
    int files = files(store, jobId);
    while (files == 0) {
      Thread.onSpinWait();
      files = files(store, jobId);
    }
    return files;
  }

  private JobRecord awaitEnd(StoreCompaction compaction) {
    while (compaction.history().isEmpty()) {
      time.advance(10_000_000L);
      Thread.onSpinWait();
    }
    return compaction.history().get(0);
  }

  /** Looks once more if a file has gone meanwhile, as those of a store at work do. */
  private static long dataBytes(Path home) throws IOException {
    while (true) {
      try (Stream<Path> files = Files.walk(home.resolve("data"))) {
        return files.filter(Files::isRegularFile).mapToLong(each -> each.toFile().length()).sum();
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        }
      }
    }
  }

  private static byte[] key(int i) {
    return ByteBuffer.allocate(4).putInt(i).array();
  }
}
