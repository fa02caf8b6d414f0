// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.compaction.JobKind;
import org.junit.jupiter.api.Test;

/** When a table is left alone. */
final class TableCareTest {
  private static final long NOW = 5 * Jobs.SECOND;

  @Test
  void aSurveyThatReadNothing_isRepeatedAfterAWhile_andHoldsNothingElseUp() {
    TableCare care = new TableCare(NOW);
    assertThat(care.surveys(NOW)).isTrue();
    Job survey = Jobs.job(1, 1, JobKind.SURVEY, 1000, 0, 100);
    care.ended(survey, Jobs.report(survey, JobReport.State.COMPLETED, 0, ""), 7, NOW);
    assertThat(care.surveys(NOW)).isFalse();
    assertThat(care.surveys(NOW + Jobs.SECOND)).isTrue();
    assertThat(care.backsOff(NOW)).isFalse();
    assertThat(care.isSettled(7)).isFalse();

    care.ended(survey, Jobs.report(survey, JobReport.State.COMPLETED, 1000, ""), 7, NOW);
    assertThat(care.surveys(NOW)).isTrue();
    assertThat(care.isSettled(7)).as("a survey is not to gain").isFalse();
  }

  @Test
  void aFailure_backsOff_longerEachTime_andASurveyDoesNotShortenIt() {
    TableCare care = new TableCare(NOW);
    Job files = Jobs.job(1, 1, JobKind.FILES, 1000, 0, 100);
    Job survey = Jobs.job(2, 1, JobKind.SURVEY, 1000, 0, 100);
    care.ended(files, Jobs.report(files, JobReport.State.FAILED, 0, "x"), 7, NOW);
    care.ended(files, Jobs.report(files, JobReport.State.FAILED, 0, "x"), 7, NOW);
    care.ended(survey, Jobs.report(survey, JobReport.State.COMPLETED, 0, ""), 7, NOW);
    assertThat(care.backsOff(NOW + 2 * Jobs.SECOND - 1)).isTrue();
    assertThat(care.backsOff(NOW + 2 * Jobs.SECOND)).isFalse();
  }
}
