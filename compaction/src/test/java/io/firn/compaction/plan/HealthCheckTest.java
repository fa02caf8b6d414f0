// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.compaction.CompactionThresholds;
import io.firn.compaction.FragmentationReport;
import io.firn.compaction.HealthLevel;
import io.firn.compaction.IntegrityReport;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.SpaceReport;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verdicts on space. */
final class HealthCheckTest {
  private static final CompactionThresholds DEFAULTS = CompactionThresholds.defaults();

  private static SegmentInfo file(int number, long live, long expired, boolean sealed) {
    return new SegmentInfo(
        number,
        "data/" + number,
        10_000,
        20_000,
        live,
        100,
        100 - live / 100,
        expired,
        0,
        0,
        0,
        0,
        sealed,
        0);
  }

  @ParameterizedTest
  @CsvSource({
    "16384, 0, 0, HEALTHY",
    "16384, 4914, 100, HEALTHY",
    "16384, 4916, 5, FRAGMENTED",
    "16384, 4916, 4, HEALTHY",
    "16384, 8191, 100, FRAGMENTED",
    "16384, 8192, 100, DEGRADED",
    "16384, 16384, 100, DEGRADED",
    "2000, 1023, 100, HEALTHY",
    "2000, 1024, 100, DEGRADED"
  })
  void aPage_isJudgedByItsDeadBytes(long bytes, long deleted, long dead, HealthLevel expected) {
    FragmentationMetrics page = new FragmentationMetrics(bytes, bytes - deleted, deleted, 0);
    assertThat(HealthCheck.fragmentation(page, dead, DEFAULTS)).isEqualTo(expected);
  }

  @Test
  void whatIsBeingFilled_doesNotCount_andWhatHasExpiredIsGarbage() {
    FragmentationReport report =
        HealthCheck.files(
            List.of(
                file(0, 9_000, 0, true),
                file(1, 9_000, 8_000, true),
                file(2, 0, 0, true),
                file(3, 100, 0, false)),
            DEFAULTS);
    assertThat(report)
        .isEqualTo(
            new FragmentationReport(HealthLevel.DEGRADED, 3, 2, 30_000, 10_000, 20_000, 2.0 / 3.0));
    assertThat(HealthCheck.files(List.of(), DEFAULTS))
        .isEqualTo(new FragmentationReport(HealthLevel.HEALTHY, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void debt_isWhatDataFilesTakeAboveTheirTarget_tableByTable() {
    SpaceReport report =
        HealthCheck.space(
            50_000,
            List.of(
                List.of(file(0, 5_000, 0, true), file(1, 5_000, 0, false)),
                List.of(file(0, 10_000, 0, true))));
    assertThat(report).isEqualTo(new SpaceReport(50_000, 20_000, 7_500, 2.5));
    assertThat(HealthCheck.space(1, List.of()).spaceAmplification()).isInfinite();
    assertThat(HealthCheck.space(0, List.of())).isEqualTo(new SpaceReport(0, 0, 0, 1));
  }

  @Test
  void reports_refuseWhatCannotBe() {
    assertThatThrownBy(() -> new FragmentationReport(HealthLevel.HEALTHY, 1, 2, 0, 0, 0, 0))
        .hasMessageContaining("fragmentedFiles");
    assertThatThrownBy(() -> new FragmentationReport(HealthLevel.HEALTHY, 1, 1, 10, 6, 5, 0))
        .hasMessageContaining("deletedBytes");
    assertThatThrownBy(() -> new SpaceReport(0, 0, -1, 1)).hasMessageContaining("debtBytes");
    assertThat(new IntegrityReport(1, 1, 1, 0, List.of()).isClean()).isTrue();
    assertThat(new IntegrityReport(1, 1, 1, 1, List.of("RECORD")).isClean()).isFalse();
  }
}
