// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import static io.firn.compaction.plan.Segments.MIB;
import static io.firn.compaction.plan.Segments.sealed;
import static io.firn.compaction.plan.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.firn.compaction.CompactionThresholds;
import io.firn.compaction.SegmentInfo;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metrics, scores and debt, by example. */
final class PlanValuesTest {
  private static final CompactionThresholds THRESHOLDS = CompactionThresholds.defaults();

  @Test
  void fragmentation_isDeletedOverTotal() {
    assertThat(new FragmentationMetrics(4_000, 1_000, 1_000, 2_000).fragmentationRatio())
        .isEqualTo(0.25);
    assertThat(FragmentationMetrics.sum(List.of()).fragmentationRatio()).isZero();
  }

  @Test
  void fragmentation_ofSeveralPagesIsTheirSumAndTheLargestPiece() {
    FragmentationMetrics sum =
        FragmentationMetrics.sum(
            List.of(
                new FragmentationMetrics(100, 50, 20, 30),
                new FragmentationMetrics(100, 10, 80, 10)));
    assertThat(sum).isEqualTo(new FragmentationMetrics(200, 60, 100, 30));
  }

  @Test
  void fragmentation_refusesPartsLargerThanTheWhole() {
    assertThatThrownBy(() -> new FragmentationMetrics(10, 6, 5, 0)).hasMessageContaining("total");
    assertThatThrownBy(() -> new FragmentationMetrics(10, 6, 4, 11)).hasMessageContaining("total");
    assertThatThrownBy(() -> new FragmentationMetrics(10, -1, 0, 0)).hasMessageContaining("used");
  }

  @Test
  void thresholds_mustAllBeReached() {
    FragmentationMetrics page = new FragmentationMetrics(10_000, 7_000, 3_000, 0);
    assertThat(page.exceeds(THRESHOLDS, 5)).isTrue();
    assertThat(page.exceeds(THRESHOLDS, 4)).isFalse();
    assertThat(new FragmentationMetrics(10_000, 7_001, 2_999, 0).exceeds(THRESHOLDS, 5)).isFalse();
    assertThat(new FragmentationMetrics(3_000, 1_977, 1_023, 0).exceeds(THRESHOLDS, 5)).isFalse();
    assertThat(new FragmentationMetrics(3_000, 1_976, 1_024, 0).exceeds(THRESHOLDS, 5)).isTrue();
  }

  @Test
  void segmentScore_isCostBenefit() {
    assertThat(SegmentScore.of(sealed(1, 100, 50, 0), 4_000, 0).score())
        .isCloseTo(0.5 * 3_000 / 1.5, within(1e-9));
    SegmentInfo expired = segment(1, 100, 100, 0, 50, 1_000, true);
    assertThat(SegmentScore.of(expired, 4_000, 0).score()).isCloseTo(1_000, within(1e-9));
    assertThat(SegmentScore.of(sealed(1, 100, 50, 0), 0, 0).ageMillis()).isZero();
    assertThat(SegmentScore.of(sealed(1, 0, 0, 0), 4_000, 0).score()).isZero();
  }

  @Test
  void segmentScore_heatDecidesBetweenEqualsOnly() {
    double cold = SegmentScore.of(sealed(1, 100, 50, 0), 4_000, 0).score();
    double hot = SegmentScore.of(sealed(1, 100, 50, 0), 4_000, 1).score();
    assertThat(hot).isBetween(cold * 1.01, cold * 1.3);
    assertThat(SegmentScore.of(sealed(1, 100, 50, 0), 4_000, 50).score()).isEqualTo(hot);
    assertThat(SegmentScore.of(sealed(1, 100, 50, 0), 4_000, Double.NaN).score()).isEqualTo(cold);
  }

  @Test
  void victims_oldColdGarbageBeatsYoungGarbage() {
    SegmentInfo old = segment(1, 100, 70, 30, 0, 0, true);
    SegmentInfo young = segment(2, 100, 50, 50, 0, 90_000, true);
    SegmentInfo tooYoung = segment(3, 100, 1, 99, 0, 99_500, true);
    SegmentInfo full = segment(4, 100, 100, 0, 0, 0, true);
    VictimPlan plan =
        VictimPlanner.rank(
            List.of(full, tooYoung, young, old), 100_000, Duration.ofSeconds(1), segment -> 0.0);
    assertThat(plan.ranked()).extracting(SegmentScore::segment).containsExactly(old, young);
    assertThat(plan.skipped())
        .extracting(file -> file.segment().number() + " " + file.reason())
        .containsExactly("3 TOO_YOUNG", "4 HEALTHY");
  }

  @Test
  void debt_isWhatAllFilesTakeAboveTheTarget() {
    Debt debt = new Debt(200 * MIB, 100 * MIB, 1.25, 10 * MIB);
    assertThat(debt.bytes()).isEqualTo(65 * MIB);
    assertThat(debt.spaceAmplification()).isEqualTo(2.0);
    assertThat(new Debt(100, 100, 1.25, 0).bytes()).isZero();
    assertThat(new Debt(100, 0, 1.25, 0).bytes()).isEqualTo(100);
    assertThat(new Debt(0, 0, 1, 0).spaceAmplification()).isEqualTo(1.0);
    assertThat(new Debt(1, 0, 1, 0).spaceAmplification()).isInfinite();
    assertThatThrownBy(() -> new Debt(-1, 0, 1, 0)).hasMessageContaining("files -1");
    assertThatThrownBy(() -> new Debt(0, 0, Double.NaN, 0)).hasMessageContaining("spaceTarget");
  }
}
