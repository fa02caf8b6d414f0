// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import static io.firn.compaction.plan.Segments.MIB;
import static io.firn.compaction.plan.Segments.sealed;
import static io.firn.compaction.plan.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionPlan;
import io.firn.compaction.FileBatch;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.SkipReason;
import io.firn.compaction.SkippedFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules of a plan for files, one example each. Sizes in MiB against a target of 100. */
final class FilePlannerTest {
  private static final CompactionOptions OPTIONS =
      CompactionOptions.builder().targetFileSizeBytes(100 * MIB).minFileSizeBytes(90 * MIB).build();

  @Test
  void tenSmallFilesOfOneGigabyteInAll_becomeTwo() {
    long tenth = 1024 * MIB / 10;
    List<SegmentInfo> files =
        IntStream.range(0, 10).mapToObj(i -> sealed(i, tenth, tenth, 0)).toList();
    CompactionOptions options =
        CompactionOptions.builder().minFileSizeBytes(512 * MIB).build().fitted(512 * MIB);
    CompactionPlan plan = FilePlanner.plan(files, options, 0.25);
    assertThat(batches(plan)).containsExactly(List.of(0, 1, 2, 3, 4), List.of(5, 6, 7, 8, 9));
    assertThat(plan.batches()).allSatisfy(batch -> assertThat(batch.filesAfter()).isEqualTo(1));
    assertThat(plan.skipped()).isEmpty();
  }

  @Test
  void nothing_isPlannedForNothing() {
    CompactionPlan plan = FilePlanner.plan(List.of(), OPTIONS, 0.25);
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.files()).isZero();
    assertThat(plan.due(CompactionConfig.defaults())).isEmpty();
  }

  @Test
  void file_smallAndRotten_isChosenOnce() {
    CompactionPlan plan =
        FilePlanner.plan(List.of(sealed(1, 50 * MIB, 20 * MIB, 60)), OPTIONS, 0.25);
    assertThat(batches(plan)).containsExactly(List.of(1));
  }

  @Test
  void deadRows_mustExceedTheShare() {
    CompactionPlan plan =
        FilePlanner.plan(
            List.of(sealed(1, 100 * MIB, 60 * MIB, 25), sealed(2, 100 * MIB, 60 * MIB, 26)),
            OPTIONS,
            0.25);
    assertThat(batches(plan)).containsExactly(List.of(2));
    assertThat(reasons(plan)).containsExactly(entry(1, SkipReason.HEALTHY));
    assertThat(plan.skipped().get(0).detail())
        .contains("25.0 % of the rows dead")
        .contains("(many: above 25.0 %)");
  }

  @Test
  void expiredBytes_countAsDeadRows() {
    CompactionPlan plan =
        FilePlanner.plan(
            List.of(segment(1, 100 * MIB, 90 * MIB, 0, 30 * MIB, 0, true)), OPTIONS, 0.25);
    assertThat(batches(plan)).containsExactly(List.of(1));
    assertThat(plan.savedBytes()).isEqualTo(40 * MIB);
  }

  @Test
  void segments_beingFilledDeadOrUnwanted_areSkippedWithTheReason() {
    CompactionOptions noSevens =
        CompactionOptions.builder()
            .targetFileSizeBytes(100 * MIB)
            .filter(segment -> segment.number() != 7)
            .build();
    CompactionPlan plan =
        FilePlanner.plan(
            List.of(
                segment(4, 5 * MIB, MIB, 50, 0, 0, false),
                sealed(5, 5 * MIB, 0, 100),
                segment(6, 5 * MIB, 3 * MIB, 0, 3 * MIB, 0, true),
                sealed(7, 5 * MIB, MIB, 80)),
            noSevens,
            0.25);
    assertThat(plan.batches()).isEmpty();
    assertThat(reasons(plan))
        .containsExactly(
            entry(4, SkipReason.FILLING),
            entry(5, SkipReason.FREES_ITSELF),
            entry(6, SkipReason.FREES_ITSELF),
            entry(7, SkipReason.FILTERED));
  }

  @Test
  void batch_isClosedFromThreeQuartersOfTheTargetOn() {
    assertThat(plan(40, 40, 40, 40)).containsExactly(List.of(0, 1), List.of(2, 3));
  }

  @Test
  void batch_belowItsWorthTakesAFileAboveTheTarget() {
    assertThat(rotten(70, 80, 60, 30)).containsExactly(List.of(0, 1), List.of(2, 3));
  }

  @Test
  void batch_goesOnAfterAFileThatIsTooLargeForIt() {
    List<SegmentInfo> files =
        List.of(
            sealed(0, 30 * MIB, 30 * MIB, 0),
            sealed(1, 300 * MIB, 160 * MIB, 50),
            sealed(2, 50 * MIB, 50 * MIB, 0));
    assertThat(batches(FilePlanner.plan(files, OPTIONS, 0.25)))
        .containsExactly(List.of(1), List.of(0, 2));
  }

  @Test
  void remainder_joinsTheLastBatchWithinTheBound() {
    assertThat(plan(50, 50, 60)).containsExactly(List.of(0, 1, 2));
    assertThat(plan(50, 50, 50, 30)).containsExactly(List.of(0, 1), List.of(2, 3));
  }

  @Test
  void remainder_ofTwoFilesThatDoesNotFit_isABatch() {
    assertThat(rotten(70, 80, 20, 60)).containsExactly(List.of(0, 1), List.of(2, 3));
  }

  @Test
  void remainder_ofOneFileIsABatchIfItHasEnoughGarbage() {
    List<SegmentInfo> rotten =
        List.of(
            sealed(0, 90 * MIB, 70 * MIB, 50),
            sealed(1, 95 * MIB, 80 * MIB, 50),
            sealed(2, 80 * MIB, 40 * MIB, 50));
    assertThat(batches(FilePlanner.plan(rotten, OPTIONS, 0.25)))
        .containsExactly(List.of(0, 1), List.of(2));
    List<SegmentInfo> clean =
        List.of(rotten.get(0), rotten.get(1), sealed(2, 40 * MIB, 40 * MIB, 0));
    CompactionPlan plan = FilePlanner.plan(clean, OPTIONS, 0.25);
    assertThat(batches(plan)).containsExactly(List.of(0, 1));
    assertThat(reasons(plan)).containsExactly(entry(2, SkipReason.NO_PARTNER));
  }

  @Test
  void batch_thatSavesTooLittleIsSkipped() {
    CompactionPlan plan =
        FilePlanner.plan(List.of(sealed(3, 100 * MIB, 95 * MIB, 40)), OPTIONS, 0.25);
    assertThat(plan.isEmpty()).isTrue();
    assertThat(reasons(plan)).containsExactly(entry(3, SkipReason.TOO_LITTLE_SAVING));
    assertThat(plan.skipped().get(0).detail()).contains("back (at least 10.0 %)");
  }

  @Test
  void batch_thatDoesNotPayIsCutDownToTheFilesThatDo() {
    List<SegmentInfo> files =
        List.of(sealed(0, 30 * MIB, 30 * MIB, 0), sealed(1, 100 * MIB, 88 * MIB, 30));
    CompactionPlan plan = FilePlanner.plan(files, OPTIONS, 0.25);
    assertThat(batches(plan)).containsExactly(List.of(1));
    assertThat(reasons(plan)).containsExactly(entry(0, SkipReason.NO_PARTNER));
  }

  @Test
  void batch_thatWouldSaveNothingIsNeverWorthIt() {
    CompactionOptions anySaving =
        CompactionOptions.builder().targetFileSizeBytes(100 * MIB).minSpaceSaving(0).build();
    CompactionPlan plan =
        FilePlanner.plan(List.of(sealed(3, 100 * MIB, 100 * MIB, 40)), anySaving, 0.25);
    assertThat(reasons(plan)).containsExactly(entry(3, SkipReason.TOO_LITTLE_SAVING));
  }

  @Test
  void segments_givenTwice_areRefused() {
    assertThatThrownBy(
            () ->
                FilePlanner.plan(
                    List.of(sealed(1, MIB, MIB, 0), sealed(1, MIB, MIB, 0)), OPTIONS, 0.25))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("segment 1");
  }

  @Test
  void plan_isDueByFilesOrByGarbage() {
    CompactionConfig config =
        CompactionConfig.defaults().toBuilder()
            .compactThresholdFiles(2)
            .compactThresholdBytes(50 * MIB)
            .build();
    CompactionPlan two =
        FilePlanner.plan(
            List.of(sealed(1, 9 * MIB, 9 * MIB, 0), sealed(2, 9 * MIB, 9 * MIB, 0)), OPTIONS, 0.25);
    assertThat(two.due(config)).contains("2 files, threshold 2");
    CompactionPlan rotten =
        FilePlanner.plan(List.of(sealed(1, 100 * MIB, 50 * MIB, 60)), OPTIONS, 0.25);
    assertThat(rotten.due(config)).hasValueSatisfying(why -> assertThat(why).contains("garbage"));
    CompactionPlan little =
        FilePlanner.plan(List.of(sealed(1, 60 * MIB, 50 * MIB, 60)), OPTIONS, 0.25);
    assertThat(little.isEmpty()).isFalse();
    assertThat(little.due(config)).isEmpty();
  }

  @Test
  void batch_estimatesItsWorkAndItsTime() {
    FileBatch batch =
        FilePlanner.plan(List.of(sealed(1, 100 * MIB, 50 * MIB, 60)), OPTIONS, 0.25)
            .batches()
            .get(0);
    assertThat(batch.workBytes()).isEqualTo(150 * MIB);
    assertThat(batch.estimatedTime(50 * MIB)).isEqualTo(Duration.ofSeconds(3));
    assertThat(batch.saving()).isEqualTo(0.5);
    assertThatThrownBy(() -> batch.estimatedTime(0)).hasMessageContaining("bytesPerSecond");
    assertThatThrownBy(() -> new FileBatch(List.of(), 1)).hasMessageContaining("without files");
  }

  /** Plans small clean files of sizes in MiB, and returns the numbers in each batch. */
  private static List<List<Integer>> plan(int... sizes) {
    List<SegmentInfo> files = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      files.add(sealed(i, sizes[i] * MIB, sizes[i] * MIB, 0));
    }
    return batches(FilePlanner.plan(files, OPTIONS, 0.25));
  }

  /** Plans files with 20 MiB of garbage and useful sizes in MiB. */
  private static List<List<Integer>> rotten(int... sizes) {
    List<SegmentInfo> files = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      files.add(sealed(i, (sizes[i] + 20) * MIB, sizes[i] * MIB, 50));
    }
    return batches(FilePlanner.plan(files, OPTIONS, 0.25));
  }

  private static List<List<Integer>> batches(CompactionPlan plan) {
    return plan.batches().stream()
        .map(batch -> batch.files().stream().map(file -> file.segment().number()).toList())
        .toList();
  }

  private static Map<Integer, SkipReason> reasons(CompactionPlan plan) {
    return plan.skipped().stream()
        .collect(
            Collectors.toMap(
                file -> file.segment().number(), SkippedFile::reason, (a, b) -> a, TreeMap::new));
  }
}
