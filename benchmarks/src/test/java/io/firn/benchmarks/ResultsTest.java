// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.benchmarks.subject.SubjectKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ResultsTest {
  private final Results results = new Results();

  @Test
  void comparesMediansWithFirnsAndShowsTheSpread() {
    for (double mean : new double[] {2, 1, 9}) {
      results.add(Measure.GET, SubjectKind.FIRN, Map.of("mean us", mean));
    }
    for (double mean : new double[] {5, 6, 7}) {
      results.add(Measure.GET, SubjectKind.LMDB, Map.of("mean us", mean));
    }

    assertThat(results.toMarkdown())
        .contains("| Firn | 2.00 | 1.00–9.00 | 3 | 1.00 |")
        .contains("| LMDB (NOSYNC, WRITEMAP) | 6.00 | 5.00–7.00 | 3 | 3.00 |");
  }

  @Test
  void aThroughputIsBetterWhenItIsHigher() {
    results.add(Measure.PUT2, SubjectKind.FIRN, Map.of("per second", 900.0));
    results.add(Measure.PUT2, SubjectKind.PWRITE, Map.of("per second", 600.0));

    assertThat(results.toMarkdown())
        .contains("| one pwrite per record | 600 | 600–600 | 1 | 1.50 |");
  }

  @Test
  void withoutFirnThereIsNoRatio() {
    results.add(Measure.PUT, SubjectKind.LMDB, Map.of("mean us", 6.0));

    assertThat(results.toMarkdown())
        .contains("| LMDB (NOSYNC, WRITEMAP) | 6.00 | 6.00–6.00 | 1 |  |");
  }

  @Test
  void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertThat(Results.median(List.of(4.0, 1.0, 2.0, 100.0))).isEqualTo(3.0);
  }
}
