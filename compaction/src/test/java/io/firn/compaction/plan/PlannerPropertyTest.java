// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionPlan;
import io.firn.compaction.FileBatch;
import io.firn.compaction.FileChoice;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.SkipReason;
import io.firn.compaction.SkippedFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for any files. The seed of a failure stands in the name of its test. */
final class PlannerPropertyTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 300);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void files_areInOneBatchOrSkippedForATrueReason(long seed) {
    Random random = new Random(seed);
    long segmentBytes = 1_000L + random.nextInt(1_000_000);
    CompactionOptions options = options(random, segmentBytes);
    double deadRowShare = random.nextDouble() / 2;
    List<SegmentInfo> segments = segments(random, segmentBytes);

    CompactionPlan plan = FilePlanner.plan(segments, options, deadRowShare);

    List<SegmentInfo> seen = new ArrayList<>();
    for (FileBatch batch : plan.batches()) {
      checkBatch(batch, options);
      for (FileChoice file : batch.files()) {
        assertThat(isCandidate(file.segment(), options, deadRowShare)).isTrue();
        seen.add(file.segment());
      }
    }
    for (SkippedFile file : plan.skipped()) {
      checkSkipped(file, options, deadRowShare);
      seen.add(file.segment());
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(segments);

    List<SegmentInfo> shuffled = new ArrayList<>(segments);
    Collections.shuffle(shuffled, random);
    assertThat(FilePlanner.plan(shuffled, options, deadRowShare)).isEqualTo(plan);
  }

  private static void checkBatch(FileBatch batch, CompactionOptions options) {
    double most = FilePlanner.MOST * options.targetFileSizeBytes();
    assertThat(batch.files().size() == 1 || batch.bytesAfter() <= most).isTrue();
    boolean fewer = batch.filesAfter() < batch.files().size();
    double least = options.minSpaceSaving() * batch.bytesBefore();
    assertThat(fewer || batch.savedBytes() >= Math.max(1, least)).isTrue();
  }

  private static boolean isCandidate(SegmentInfo file, CompactionOptions options, double share) {
    return file.sealed()
        && file.usefulBytes() > 0
        && options.filter().test(file)
        && (file.bytes() < options.minFileSizeBytes() || file.garbageRowShare() > share);
  }

  private static void checkSkipped(SkippedFile file, CompactionOptions options, double share) {
    SegmentInfo segment = file.segment();
    boolean candidate = isCandidate(segment, options, share);
    switch (file.reason()) {
      case FILLING -> assertThat(segment.sealed()).isFalse();
      case FREES_ITSELF -> assertThat(segment.usefulBytes()).isZero();
      case FILTERED -> assertThat(options.filter().test(segment)).isFalse();
      case HEALTHY -> assertThat(candidate).isFalse();
      case NO_PARTNER, TOO_LITTLE_SAVING -> {
        assertThat(candidate).isTrue();
        boolean small = segment.bytes() < options.minFileSizeBytes();
        assertThat(small).isEqualTo(file.reason() == SkipReason.NO_PARTNER);
        assertThat(segment.garbageBytes())
            .isLessThanOrEqualTo((long) (options.minSpaceSaving() * segment.bytes()));
      }
      default -> throw new AssertionError(file.toString());
    }
    assertThat(file.detail()).isNotEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void files_thatWereCompactedAreNotCompactedAgain(long seed) {
    Random random = new Random(seed);
    long segmentBytes = 1_000L + random.nextInt(1_000_000);
    CompactionOptions options = CompactionOptions.defaults().fitted(segmentBytes);
    List<SegmentInfo> segments = segments(random, segmentBytes);
    int rounds = 0;
    CompactionPlan plan = FilePlanner.plan(segments, options, 0.25);
    while (!plan.isEmpty()) {
      rounds++;
      assertThat(rounds).isLessThan(20);
      segments = carriedOut(segments, plan, segmentBytes);
      plan = FilePlanner.plan(segments, options, 0.25);
    }
  }

  /** Returns the files after the batches ran: their useful bytes in full files and a rest. */
  private static List<SegmentInfo> carriedOut(
      List<SegmentInfo> before, CompactionPlan plan, long segmentBytes) {
    List<SegmentInfo> after = new ArrayList<>(before);
    int number = before.stream().mapToInt(SegmentInfo::number).max().orElse(0);
    for (FileBatch batch : plan.batches()) {
      batch.files().forEach(file -> after.remove(file.segment()));
      for (long left = batch.bytesAfter(); left > 0; left -= segmentBytes) {
        long bytes = Math.min(left, segmentBytes);
        number++;
        after.add(
            new SegmentInfo(
                number,
                "t1/" + number,
                bytes,
                segmentBytes,
                bytes,
                100,
                0,
                0,
                0,
                SegmentInfo.NEVER,
                100 + number,
                0,
                true,
                0));
      }
    }
    return after;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void victims_areRankedOrSkippedAndBetterOnesComeFirst(long seed) {
    Random random = new Random(seed);
    List<SegmentInfo> segments = segments(random, 1_000_000);
    long now = random.nextInt(100);
    Duration minimumAge = Duration.ofMillis(random.nextInt(30));
    VictimPlan plan =
        VictimPlanner.rank(segments, now, minimumAge, segment -> segment.number() % 3 / 2.0);

    List<SegmentInfo> seen = new ArrayList<>();
    plan.skipped().forEach(file -> seen.add(file.segment()));
    for (SegmentScore score : plan.ranked()) {
      SegmentInfo segment = score.segment();
      assertThat(segment.sealed()).isTrue();
      assertThat(segment.usefulBytes()).isBetween(1L, segment.bytes() - 1);
      assertThat(Math.max(0, now - segment.createdMillis()))
          .isGreaterThanOrEqualTo(minimumAge.toMillis());
      seen.add(segment);
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(segments);
    for (int i = 1; i < plan.ranked().size(); i++) {
      SegmentScore better = plan.ranked().get(i - 1);
      SegmentScore worse = plan.ranked().get(i);
      assertThat(better.score()).isGreaterThanOrEqualTo(worse.score());
    }
  }

  private static CompactionOptions options(Random random, long segmentBytes) {
    int modulus = 2 + random.nextInt(20);
    return CompactionOptions.builder()
        .targetFileSizeBytes(1 + (long) (random.nextDouble() * 2 * segmentBytes))
        .minFileSizeBytes((long) (random.nextDouble() * segmentBytes))
        .minSpaceSaving(random.nextDouble() / 4)
        .filter(segment -> segment.number() % modulus != 0)
        .build()
        .fitted(segmentBytes);
  }

  private static List<SegmentInfo> segments(Random random, long segmentBytes) {
    return Stream.iterate(1, number -> number + 1)
        .limit(random.nextInt(60))
        .map(number -> Segments.arbitrary(random, number, segmentBytes))
        .toList();
  }
}
