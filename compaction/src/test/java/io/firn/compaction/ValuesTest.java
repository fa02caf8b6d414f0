// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs, results, events, options and segments as values. */
final class ValuesTest {
  private static final long MIB = 1L << 20;
  private static final Instant START = Instant.ofEpochSecond(1_000);

  @Test
  void options_haveTheDocumentedDefaults() {
    CompactionOptions options = CompactionOptions.defaults();
    assertThat(options.strategy()).isSameAs(CompactionStrategy.SIMPLE);
    assertThat(options.filter().test(segment(0, 10, 10, 0))).isTrue();
    assertThat(options.targetFileSizeBytes()).isEqualTo(512 * MIB);
    assertThat(options.minFileSizeBytes()).isEqualTo(64 * MIB);
    assertThat(options.minSpaceSaving()).isEqualTo(0.10);
    assertThat(options.timeout()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void options_keepTheProportionOfSmallFilesWhereSegmentsAreSmall() {
    CompactionOptions fitted = CompactionOptions.defaults().fitted(64 * MIB);
    assertThat(fitted.targetFileSizeBytes()).isEqualTo(64 * MIB);
    assertThat(fitted.minFileSizeBytes()).isEqualTo(8 * MIB);
    CompactionOptions mergeAll =
        CompactionOptions.builder().minFileSizeBytes(512 * MIB).build().fitted(64 * MIB);
    assertThat(mergeAll.minFileSizeBytes()).isEqualTo(64 * MIB);
    CompactionOptions odd =
        CompactionOptions.builder().targetFileSizeBytes(MIB).minFileSizeBytes(9 * MIB).build();
    assertThat(odd.fitted(64 * MIB).minFileSizeBytes()).isEqualTo(MIB);
    assertThatThrownBy(() -> odd.fitted(0)).hasMessageContaining("segmentBytes");
  }

  @Test
  void options_areRefusedOutsideTheirRange() {
    CompactionOptions.Builder builder =
        CompactionOptions.builder()
            .strategy(CompactionStrategy.SIMPLE)
            .filter(segment -> false)
            .timeout(Duration.ofSeconds(1));
    assertThat(builder.build().filter().test(segment(0, 10, 10, 0))).isFalse();
    assertThatThrownBy(() -> builder.targetFileSizeBytes(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("targetFileSizeBytes");
    assertThatThrownBy(() -> builder.targetFileSizeBytes(1).minFileSizeBytes(-1).build())
        .hasMessageContaining("minFileSizeBytes");
    assertThatThrownBy(() -> builder.minFileSizeBytes(1).minSpaceSaving(-0.1).build())
        .hasMessageContaining("minSpaceSaving");
    assertThatThrownBy(() -> builder.minSpaceSaving(0).timeout(Duration.ZERO).build())
        .hasMessageContaining("timeout");
  }

  @Test
  void segment_countsDeadExpiredAndUnusedBytesAsGarbage() {
    SegmentInfo segment = segment(7, 1_000, 600, 100);
    assertThat(segment.usefulBytes()).isEqualTo(500);
    assertThat(segment.garbageBytes()).isEqualTo(500);
    assertThat(segment.deadRowShare()).isEqualTo(0.4);
  }

  @Test
  void segment_withMoreChargesThanBytesHasNoGarbage() {
    assertThat(segment(7, 1_000, 1_030, 0).garbageBytes()).isZero();
  }

  @Test
  void segment_withoutRowsHasNoDeadShare() {
    SegmentInfo empty =
        new SegmentInfo(0, "s", 1, 1, 0, 0, 0, 0, 0, SegmentInfo.NEVER, 0, 0, true, 0);
    assertThat(empty.deadRowShare()).isZero();
  }

  @Test
  void segment_refusesPartsLargerThanTheirWhole() {
    assertThatThrownBy(() -> segment(-1, 10, 10, 0)).hasMessageContaining("number");
    assertThatThrownBy(() -> segment(0, 10, 10, 11)).hasMessageContaining("expiredBytes");
    assertThatThrownBy(() -> new SegmentInfo(0, "s", 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, true, 0))
        .hasMessageContaining("bytes");
    assertThatThrownBy(() -> new SegmentInfo(0, "s", 1, 1, 0, 3, 4, 0, 0, 0, 0, 0, true, 0))
        .hasMessageContaining("deadRows");
    assertThatThrownBy(() -> new SegmentInfo(0, "s", 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, true, -1))
        .hasMessageContaining("reads");
  }

  @Test
  void results_ofNothingAreEmpty() {
    assertThat(CompactionResult.empty()).isEqualTo(new CompactionResult(0, 0, 0, Duration.ZERO));
    assertThat(ExpiryResult.empty()).isEqualTo(new ExpiryResult(0, 0, 0, Duration.ZERO));
    assertThat(CompactionResult.empty().reclaimedBytes()).isZero();
  }

  @Test
  void result_saysWhatCameBackAndRefusesNegativeNumbers() {
    Duration second = Duration.ofSeconds(1);
    assertThat(new CompactionResult(3, 100, 40, second).reclaimedBytes()).isEqualTo(60);
    assertThatThrownBy(() -> new CompactionResult(-1, 1, 1, second)).hasMessageContaining("files");
    assertThat(new ExpiryResult(1, 0, -5, second).bytesReclaimed()).isEqualTo(-5);
    assertThatThrownBy(() -> new ExpiryResult(1, 0, 0, second.negated()))
        .hasMessageContaining("duration");
  }

  @Test
  void progress_ofNothingToDoIsWhole() {
    JobProgress nothing = progress(0, 0, 0);
    assertThat(nothing.fraction()).isEqualTo(1.0);
    assertThat(nothing.eta()).contains(Duration.ZERO);
  }

  @Test
  void progress_estimatesFromItsSpeed() {
    assertThat(progress(100, 0, 5).eta()).isEmpty();
    assertThat(progress(100, 20, 5).fraction()).isEqualTo(0.2);
    assertThat(progress(100, 20, 5).eta()).contains(Duration.ofSeconds(20));
    assertThat(progress(100, 20, 5).elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void progress_refusesWhatCannotBe() {
    assertThatThrownBy(() -> progress(10, 11, 0)).hasMessageContaining("doneBytes");
    assertThatThrownBy(() -> progress(10, 1, -1)).hasMessageContaining("observed");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void progress_neverGoesBackAndItsMarksAreCrossedOnce(long seed) {
    Random random = new Random(seed);
    JobProgress now = progress(10_000, 0, 0);
    List<Double> crossed = new ArrayList<>(JobKind.FILES.marksCrossed(-1, now.fraction()));
    for (int i = 0; i < 500; i++) {
      long done = random.nextInt(1 + i * 25);
      JobProgress next =
          now.advanced(
              JobPhase.RUNNING,
              done,
              random.nextInt(1 + i),
              START.plusMillis(random.nextInt(1 + i)));
      assertThat(next.fraction()).isBetween(now.fraction(), 1.0);
      assertThat(next.records()).isGreaterThanOrEqualTo(now.records());
      assertThat(next.elapsed()).isGreaterThanOrEqualTo(now.elapsed());
      crossed.addAll(JobKind.FILES.marksCrossed(now.fraction(), next.fraction()));
      now = next;
    }
    now = now.advanced(JobPhase.RUNNING, Long.MAX_VALUE, 0, START);
    crossed.addAll(JobKind.FILES.marksCrossed(crossed.get(crossed.size() - 1), now.fraction()));
    assertThat(crossed).containsExactly(0.1, 0.3, 0.5, 0.7, 0.9, 1.0);
  }

  @Test
  void marks_endWithTheWhole() {
    for (JobKind kind : JobKind.values()) {
      assertThat(kind.marks()).isSorted().endsWith(1.0);
      assertThat(kind.marksCrossed(-1, 1)).isEqualTo(kind.marks());
      assertThat(kind.marksCrossed(1, 1)).isEmpty();
    }
    assertThat(JobKind.EXPIRY.marks()).startsWith(0.2);
  }

  @Test
  void events_andHistoryRefuseWhatCannotBe() {
    assertThatThrownBy(
            () ->
                new CompactionEvent(
                    CompactionEvent.Type.PROGRESS,
                    1,
                    "c",
                    JobKind.FILES,
                    1,
                    0,
                    Duration.ZERO,
                    1.01,
                    ""))
        .hasMessageContaining("fraction");
    assertThatThrownBy(
            () ->
                new JobRecord(
                    1,
                    "c",
                    JobKind.FILES,
                    JobOutcome.FAILED,
                    START,
                    Duration.ZERO,
                    1,
                    -1,
                    0,
                    0,
                    "",
                    "no space"))
        .hasMessageContaining("bytesBefore");
  }

  private static JobProgress progress(long planned, long done, long seconds) {
    return new JobProgress(
        1,
        "sessions",
        JobKind.FILES,
        JobPhase.RUNNING,
        planned,
        done,
        0,
        START,
        START.plusSeconds(seconds),
        "12 small files");
  }

  private static SegmentInfo segment(int number, long bytes, long liveBytes, long expiredBytes) {
    return new SegmentInfo(
        number,
        "t/1.seg",
        bytes,
        bytes,
        liveBytes,
        10,
        4,
        expiredBytes,
        0,
        SegmentInfo.NEVER,
        0,
        0,
        true,
        0);
  }
}
