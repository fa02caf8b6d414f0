// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.testkit.ManualTime;
import io.firn.compaction.worker.StoreCompaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compaction of a real store, in a real directory, on its own threads. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CompactionTest {
  private static final int VALUE_BYTES = 1000;
  private static final int KEYS = 8_000;

  @TempDir Path directory;

  @Test
  void aCompactionByHand_givesExactlyTheBytesBack_thatItSays() throws Exception {
    // Without time nothing but the job changes files.
    StoreOptions frozen =
        StoreOptions.builder().maximumDiskBytes(256L << 20).time(new ManualTime()).build();
    try (ColdStore store = ColdStore.open(directory, frozen);
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      fill(table, 0);
      removeMost(table);
      awaitSealed(compaction);
      // The last file is nearly full, so another is opened ahead: not while the job is measured.
      while (filling(compaction).stream().noneMatch(each -> each.liveBytes() == 0)) {
        Thread.onSpinWait();
      }
      List<CompactionEvent> events = listen(compaction);
      long before = dataBytes();
      CompactionResult result =
          compaction.compact("books", CompactionOptions.defaults()).get(60, TimeUnit.SECONDS);
      assertThat(result.files()).isPositive();
      assertThat(result.reclaimedBytes()).isPositive().isEqualTo(before - dataBytes());
      checkKept(table);
      assertThat(events.get(0).type()).isEqualTo(CompactionEvent.Type.STARTED);
      assertThat(events.get(events.size() - 1).type()).isEqualTo(CompactionEvent.Type.COMPLETED);
      assertThat(
              events.stream()
                  .filter(each -> each.type() == CompactionEvent.Type.PROGRESS)
                  .map(CompactionEvent::fraction))
          .containsExactly(0.1, 0.3, 0.5, 0.7, 0.9, 1.0);
      JobRecord last = compaction.history().get(0);
      assertThat(last.outcome()).isEqualTo(JobOutcome.COMPLETED);
      assertThat(last.bytesBefore() - last.bytesAfter()).isEqualTo(result.reclaimedBytes());
      assertThat(compaction.totals().movedBytes())
          .isGreaterThan((long) VALUE_BYTES * KEYS / 20)
          .isEqualTo(store.stats().engine().movedBytes());
      assertThat(store.verify().findings()).isEmpty();
    }
  }

  @Test
  void nothingToDo_givesAnEmptyResult() throws Exception {
    try (ColdStore store = ColdStore.open(directory, options());
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      ColdTable unused = store.table("books", TableOptions.defaults());
      assertThat(
              compaction.compact("books", CompactionOptions.defaults()).get(60, TimeUnit.SECONDS))
          .isEqualTo(CompactionResult.empty());
      assertThatThrownBy(() -> compaction.compact("films", CompactionOptions.defaults()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("films");
    }
  }

  @Test
  void spaceComesBack_withoutAnyCall() throws Exception {
    try (ColdStore store = ColdStore.open(directory, options());
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      ColdTable table = store.table("books", TableOptions.defaults());
      fill(table, 0);
      fill(table, 1);
      removeMost(table);
      long live = table.stats().liveBytes();
      // The space is back before the job that brought it has ended.
      while (table.stats().diskBytes() > 2 * live + (2L << 20) || compaction.history().isEmpty()) {
        Thread.onSpinWait();
      }
      checkKept(table);
    }
  }

  @Test
  void aTableKeepsBelowItsOwnLimit_andOthersLoseNothing() throws Exception {
    try (ColdStore store = ColdStore.open(directory, patient(256L << 20));
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      ColdTable films = store.table("films", TableOptions.defaults());
      fill(films, 0);
      ColdTable books = store.table("books", TableOptions.defaults());
      long limit = 16L << 20;
      books.limitBytes(limit);
      LongSummaryStatistics entries = new LongSummaryStatistics();
      for (int i = 0; i < 8 * KEYS; i++) {
        books.put(key(i), value(i, 0), ColdTable.NEVER);
        assertThat(books.stats().diskBytes()).isLessThanOrEqualTo(limit);
        if (i >= 2 * KEYS && i % 500 == 0) {
          entries.accept(books.stats().entries());
        }
      }
      assertThat(books.get(key(8 * KEYS - 1))).isEqualTo(value(8 * KEYS - 1, 0));
      assertThat(entries.getMax()).isLessThanOrEqualTo(2L * KEYS);
      // Not at each moment: more goes while this thread waits for a processor to use the room.
      assertThat(entries.getAverage()).isGreaterThanOrEqualTo(KEYS);
      assertThat(films.stats().entries()).isEqualTo(KEYS);
      assertThat(compaction.totals().failed()).isZero();
    }
  }

  @Test
  void whatHasExpired_isPurged_andCountedExactly() throws Exception {
    ManualTime time = new ManualTime();
    StoreOptions frozen = StoreOptions.builder().maximumDiskBytes(256L << 20).time(time).build();
    try (ColdStore store = ColdStore.open(directory, frozen);
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      for (int i = 0; i < KEYS; i++) {
        long expiry = i % 4 == 0 ? ColdTable.NEVER : time.wallMillis() + 60_000;
        table.put(key(i), value(i, 0), expiry);
      }
      awaitSealed(compaction);
      time.advance(Duration.ofMinutes(2).toNanos());
      store.flush();
      ExpiryResult result = compaction.purgeExpired("books").get(60, TimeUnit.SECONDS);
      long left = table.size();
      assertThat(result.removed()).isPositive().isEqualTo(KEYS - left);
      for (int i = 0; i < KEYS; i++) {
        assertThat(table.get(key(i)) != null).isEqualTo(i % 4 == 0);
      }
    }
  }

  @Test
  void filesThatExpired_areSwept_andProgressIsToldMeanwhile() throws Exception {
    ManualTime time = new ManualTime();
    StoreOptions frozen = StoreOptions.builder().maximumDiskBytes(256L << 20).time(time).build();
    try (ColdStore store = ColdStore.open(directory, frozen);
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      for (int i = 0; i < 3 * KEYS; i++) {
        table.put(key(i), value(i, 0), time.wallMillis() + 60_000);
      }
      store.flush();
      awaitSealed(compaction);
      time.advance(Duration.ofMinutes(2).toNanos());
      FragmentationReport before = compaction.checkFragmentation("books");
      assertThat(before.level()).isEqualTo(HealthLevel.DEGRADED);
      assertThat(before.usedBytes()).isZero();
      List<CompactionEvent> events = listen(compaction);
      ExpiryResult result = compaction.purgeExpired("books").get(60, TimeUnit.SECONDS);
      assertThat(result.removed()).isPositive().isEqualTo(3 * KEYS - table.size());
      assertThat(compaction.history().get(0).records()).isEqualTo(result.removed());
      assertThat(
              events.stream()
                  .filter(each -> each.type() == CompactionEvent.Type.PROGRESS)
                  .map(CompactionEvent::fraction))
          .containsExactly(0.2, 0.4, 0.6, 0.8, 1.0);
      assertThat(compaction.checkIntegrity("books").isClean()).isTrue();
    }
  }

  @Test
  void health_isToldByFigures_andByReadingEverything() throws Exception {
    try (ColdStore store = ColdStore.open(directory, options());
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      fill(table, 0);
      awaitSealed(compaction);
      assertThat(compaction.checkFragmentation("books").level()).isEqualTo(HealthLevel.HEALTHY);
      assertThat(compaction.space().debtBytes()).isZero();
      removeMost(table);
      assertThat(compaction.checkFragmentation("books").level()).isEqualTo(HealthLevel.DEGRADED);
      long usedBytes = store.space().usedBytes();
      SpaceReport space = compaction.space();
      while (usedBytes != store.space().usedBytes()) { // other threads open and delete files
        usedBytes = store.space().usedBytes();
        space = compaction.space();
      }
      assertThat(space.liveBytes()).isEqualTo(table.stats().liveBytes());
      assertThat(space.fileBytes()).isEqualTo(usedBytes);
      assertThat(space.debtBytes()).isPositive();
      IntegrityReport integrity = compaction.checkIntegrity("books");
      assertThat(integrity.isClean()).isTrue();
      assertThat(integrity.entries()).isEqualTo(table.size());
      assertThat(integrity.records()).isGreaterThanOrEqualTo(table.size());
      assertThat(integrity.pages()).isPositive();
      assertThatThrownBy(() -> compaction.checkIntegrity("films"))
          .isInstanceOf(IllegalArgumentException.class);
      table.clear();
      store.drop("books");
      assertThatThrownBy(() -> compaction.checkFragmentation("books"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aRecordThatIsDamaged_isFound() throws Exception {
    try (ColdStore store = ColdStore.open(directory, options());
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      fill(table, 0);
      store.flush();
      Path file = directory.resolve(compaction.segments("books").get(0).path());
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        int unused = channel.write(ByteBuffer.wrap(new byte[1]), 4 * VALUE_BYTES);
        unused = channel.write(ByteBuffer.wrap(new byte[3 * VALUE_BYTES]), 20 * VALUE_BYTES);
      }
      IntegrityReport integrity = compaction.checkIntegrity("books");
      assertThat(integrity.isClean()).isFalse();
      assertThat(integrity.findingCount()).isGreaterThanOrEqualTo(integrity.findings().size());
      assertThat(integrity.findings()).anyMatch(each -> each.startsWith("RECORD"));
    }
  }

  @Test
  void aJobThatIsCancelled_leavesEverythingWhereItIs() throws Exception {
    try (ColdStore store = ColdStore.open(directory, options());
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      fill(table, 0);
      removeMost(table);
      awaitSealed(compaction);
      // So slow that it cannot end before it hears that it is cancelled.
      compaction.configure(
          "books", CompactionConfig.defaults().toBuilder().maximumBytesPerSecond(1).build());
      AutoCloseable unused =
          compaction.onEvent(
              event -> {
                if (event.type() == CompactionEvent.Type.STARTED) {
                  compaction.cancel(event.jobId());
                }
              });
      assertThatThrownBy(
              () ->
                  compaction
                      .compact("books", CompactionOptions.defaults())
                      .get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(CancellationException.class)
          .hasMessage("cancelled");
      assertThat(compaction.history().get(0).outcome()).isEqualTo(JobOutcome.ABANDONED);
      checkKept(table);
      assertThat(store.verify().findings()).isEmpty();
    }
  }

  @Test
  void files_tellHowOftenTheyAreRead() throws Exception {
    try (ColdStore store = ColdStore.open(directory, options());
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      fill(table, 0);
      assertThat(compaction.segments("books")).extracting(SegmentInfo::reads).containsOnly(0L);
      for (int i = 0; i < 1_000; i++) {
        assertThat(table.get(key(0))).isNotNull();
      }
      List<Long> reads = compaction.segments("books").stream().map(SegmentInfo::reads).toList();
      assertThat(reads).as("all but the last 24 that are no sample yet").contains(976L);
      assertThat(reads.stream().filter(each -> each > 0)).hasSize(1);
    }
  }

  @Test
  void aJobThatTakesTooLong_isGivenUp() throws Exception {
    try (ColdStore store = ColdStore.open(directory, options());
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      fill(table, 0);
      removeMost(table);
      awaitSealed(compaction);
      CompactionOptions hasty = CompactionOptions.builder().timeout(Duration.ofMillis(1)).build();
      assertThat(compaction.plan("books", hasty).isEmpty()).isFalse();
      assertThatThrownBy(() -> compaction.compact("books", hasty).get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(CancellationException.class)
          .hasMessage("timeout");
      checkKept(table);
    }
  }

  @Test
  void atTheLimit_theOldestGo_andTheLimitHolds() {
    long limit = 32L << 20;
    try (ColdStore store = ColdStore.open(directory, patient(limit));
        StoreCompaction compaction = StoreCompaction.start(store, 1)) {
      ColdTable table = store.table("books", TableOptions.defaults());
      int last = 60_000;
      for (int i = 0; i < last; i++) {
        table.put(key(i), value(i, 0), ColdTable.NEVER); // waits for room, is never refused
        assertThat(table.get(key(i))).isEqualTo(value(i, 0));
        if (i % 1000 == 0) {
          assertThat(store.space().usedBytes()).isLessThanOrEqualTo(limit);
        }
      }
      assertThat(table.size()).isLessThan(last);
      assertThat(table.get(key(last - 1))).isEqualTo(value(last - 1, 0));
      assertThat(compaction.history()).anyMatch(job -> job.kind() == JobKind.EVICTION);
      assertThat(compaction.totals().performed()).isPositive();
      assertThat(compaction.totals().failed()).isZero();
    }
  }

  @Test
  void withoutBackground_nothingStartsByItself_andAfterTheEndNothingIsTaken() throws Exception {
    ManualTime time = new ManualTime();
    StoreOptions frozen = StoreOptions.builder().maximumDiskBytes(256L << 20).time(time).build();
    try (ColdStore store = ColdStore.open(directory, frozen)) {
      StoreCompaction compaction = StoreCompaction.start(store, 1);
      ColdTable table = store.table("books", TableOptions.defaults());
      CompactionConfig manual =
          CompactionConfig.defaults().toBuilder().backgroundEnabled(false).build();
      compaction.configure("books", manual);
      // The scheduler has heard of it, and its first look is over, when this is answered.
      assertThat(compaction.purgeExpired("books").get(60, TimeUnit.SECONDS).removed()).isZero();
      fill(table, 0);
      removeMost(table);
      awaitSealed(compaction);
      time.advance(Duration.ofSeconds(10).toNanos());
      // The scheduler takes requests in order, so its next look is over when the answer is there.
      ExpiryResult nothing = compaction.purgeExpired("books").get(60, TimeUnit.SECONDS);
      assertThat(nothing.removed()).isZero();
      assertThat(compaction.history()).allMatch(job -> job.kind() == JobKind.EXPIRY);
      CompletableFuture<CompactionResult> byHand =
          compaction.compact("books", CompactionOptions.defaults());
      assertThat(byHand.get(60, TimeUnit.SECONDS).files()).isPositive();
      compaction.close();
      assertThat(compaction.jobs()).isEmpty();
      assertThatThrownBy(
              () ->
                  compaction
                      .compact("books", CompactionOptions.defaults())
                      .get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(CancellationException.class);
      compaction.close();
    }
  }

  @Test
  void aFullStoreWhoseCompactionIsPaused_refusesAtOnce() throws Exception {
    try (ColdStore store = ColdStore.open(directory, patient(32L << 20));
        StoreCompaction compaction = StoreCompaction.start(store.space(), 1)) {
      pause(compaction);
      ColdTable table = store.table("books", TableOptions.defaults());
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 8 * KEYS; i++) {
                  table.put(key(i), value(i, 0), ColdTable.NEVER);
                }
              })
          .isInstanceOf(DiskFullException.class);
      assertThat(store.space().pressure().waits()).isZero();
      compaction.resume();
      while (compaction.totals().paused()) {
        Thread.onSpinWait();
      }
      table.put(key(0), value(0, 1), ColdTable.NEVER);
    }
  }

  private static StoreOptions options() {
    return StoreOptions.builder().maximumDiskBytes(256L << 20).build();
  }

  /** Writers wait for room until the test times out, however late the compaction's threads are. */
  private static StoreOptions patient(long bytes) {
    return StoreOptions.builder()
        .maximumDiskBytes(bytes)
        .maximumSpaceWait(Duration.ofHours(1))
        .build();
  }

  /** Returns once nothing is planned any more; until the scheduler hears of it something may be. */
  private static void pause(Compaction compaction) {
    compaction.pause();
    while (!compaction.totals().paused()) {
      Thread.onSpinWait();
    }
  }

  /** Waits until most files are sealed, by another thread: the others are left alone by jobs. */
  private static void awaitSealed(Compaction compaction) {
    while (2 * filling(compaction).size() > compaction.segments("books").size()) {
      Thread.onSpinWait();
    }
  }

  private static List<SegmentInfo> filling(Compaction compaction) {
    return compaction.segments("books").stream().filter(each -> !each.sealed()).toList();
  }

  private static List<CompactionEvent> listen(Compaction compaction) {
    ConcurrentLinkedQueue<CompactionEvent> events = new ConcurrentLinkedQueue<>();
    AutoCloseable unused = compaction.onEvent(events::add);
    return new java.util.AbstractList<>() {
      @Override
      public CompactionEvent get(int index) {
        return List.copyOf(events).get(index);
      }

      @Override
      public int size() {
        return events.size();
      }
    };
  }

  private static void fill(ColdTable table, int round) {
    for (int i = 0; i < KEYS; i++) {
      table.put(key(i), value(i, round), ColdTable.NEVER);
    }
  }

  private static void removeMost(ColdTable table) {
    for (int i = 0; i < KEYS; i++) {
      if (i % 10 != 0) {
        assertThat(table.remove(key(i))).isTrue();
      }
    }
  }

  private static void checkKept(ColdTable table) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(table.get(key(i)) != null).isEqualTo(i % 10 == 0);
    }
  }

  private static byte[] key(int i) {
    return ByteBuffer.allocate(4).putInt(i).array();
  }

  private static byte[] value(int i, int round) {
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, (byte) (i + round));
    return value;
  }

  private long dataBytes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("data"))) {
      long sum = 0;
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        sum += each.toFile().length();
      }
      return sum;
    }
  }
}
