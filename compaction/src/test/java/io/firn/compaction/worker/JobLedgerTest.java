// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static io.firn.compaction.worker.Jobs.job;
import static io.firn.compaction.worker.Jobs.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.firn.compaction.CompactionEvent;
import io.firn.compaction.CompactionTotals;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobPhase;
import io.firn.compaction.JobRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The books of the jobs. */
final class JobLedgerTest {
  private final Published<JobBoard> board =
      new Published<>(new JobBoard(List.of(), List.of(), CompactionTotals.NONE));
  private final List<CompactionEvent> events = new ArrayList<>();
  private final List<JobEnd> ends = new ArrayList<>();
  private long wallMillis = 1_000;
  private final JobLedger ledger =
      new JobLedger(
          () -> wallMillis,
          board,
          new JobListener() {
            @Override
            public void onEvent(CompactionEvent event) {
              events.add(event);
            }

            @Override
            public void onEnd(JobEnd end) {
              ends.add(end);
            }
          });

  @Test
  void everyMark_isCrossedOnce_andInOrder_howeverFarTheStepsAre() {
    for (JobKind kind : JobKind.values()) {
      for (int step : new int[] {1, 7, 50, 250, 999, 5_000}) {
        events.clear();
        Job job = job(1, 1, kind, 1000, 0, 3);
        ledger.started(job);
        for (long done = 0; done <= 1000; done += step) {
          assertThat(ledger.report(report(job, JobReport.State.RUNNING, done, ""))).isEqualTo(job);
          ledger.publish(List.of(), false);
          assertThat(board.get().jobs().get(0).fraction()).isLessThan(1.0);
        }
        assertThat(ledger.report(report(job, JobReport.State.COMPLETED, 1000, ""))).isEqualTo(job);
        assertThat(types().get(0)).isEqualTo(CompactionEvent.Type.STARTED);
        assertThat(types().get(types().size() - 1)).isEqualTo(CompactionEvent.Type.COMPLETED);
        assertThat(marks()).containsExactlyElementsOf(kind.marks());
      }
    }
  }

  @Test
  void theFraction_neverFalls_thoughReportsDo() {
    Job job = job(1, 1, 0, 3);
    ledger.started(job);
    double before = 0;
    for (long done : new long[] {0, 400, 300, 2_000, 100, 999}) {
      assertThat(ledger.report(report(job, JobReport.State.RUNNING, done, ""))).isNotNull();
      ledger.publish(List.of(), false);
      double now = board.get().jobs().get(0).fraction();
      assertThat(now).isGreaterThanOrEqualTo(before).isLessThan(1.0);
      before = now;
    }
  }

  @Test
  void aJobWithoutBytes_isNotDone_beforeItHasEnded() {
    Job job = job(1, 1, JobKind.EXPIRY, 0, 0, 3);
    ledger.started(job);
    ledger.publish(List.of(), false);
    assertThat(board.get().jobs().get(0).fraction()).isLessThan(1.0);
    assertThat(ledger.report(report(job, JobReport.State.COMPLETED, 0, ""))).isNotNull();
    assertThat(marks()).containsExactlyElementsOf(JobKind.EXPIRY.marks());
  }

  @Test
  void aFailedOrAbandonedJob_neverReachesOne() {
    Job failed = job(1, 1, 0, 3);
    Job abandoned = job(2, 1, 0, 4);
    ledger.started(failed);
    ledger.started(abandoned);
    assertThat(ledger.report(report(failed, JobReport.State.FAILED, 1000, "broken"))).isNotNull();
    assertThat(ledger.report(report(abandoned, JobReport.State.ABANDONED, 1000, "timeout")))
        .isNotNull();
    assertThat(marks()).doesNotContain(1.0);
    CompactionEvent last = events.get(events.size() - 1);
    assertThat(last.type()).isEqualTo(CompactionEvent.Type.ABANDONED);
    assertThat(last.reason()).isEqualTo("timeout");
    assertThat(last.fraction()).isLessThan(1.0);
    assertThat(types()).contains(CompactionEvent.Type.FAILED);
    ledger.publish(List.of(), false);
    assertThat(ends)
        .extracting(JobEnd::outcome)
        .containsExactly(JobOutcome.FAILED, JobOutcome.ABANDONED);
    ledger.publish(List.of(), true);
    assertThat(board.get().totals())
        .isEqualTo(new CompactionTotals(0, 1, 1, 4_000, 2_000, 1_000, 14, true));
    assertThat(board.get().totals().averageMillis()).isEqualTo(7);
  }

  @Test
  void aReport_ofNoJobThatRuns_isPassedOver() {
    Job job = job(1, 1, 0, 3);
    assertThat(ledger.report(report(job, JobReport.State.COMPLETED, 10, ""))).isNull();
    ledger.started(job);
    assertThat(ledger.report(report(job, JobReport.State.COMPLETED, 10, ""))).isNotNull();
    assertThat(ledger.report(report(job, JobReport.State.COMPLETED, 10, ""))).isNull();
    ledger.publish(List.of(), false);
    assertThat(ends).hasSize(1);
  }

  @Test
  void theHistory_isBounded_andNewestFirst() {
    int count = JobLedger.HISTORY + 10;
    for (int i = 1; i <= count; i++) {
      Job job = job(i, 1, 0, i);
      ledger.started(job);
      wallMillis++;
      assertThat(ledger.report(report(job, JobReport.State.COMPLETED, 1000, ""))).isNotNull();
    }
    ledger.publish(List.of(), false);
    List<JobRecord> history = board.get().history();
    assertThat(history).hasSize(JobLedger.HISTORY);
    assertThat(history.get(0).jobId()).isEqualTo(count);
    assertThat(history.get(JobLedger.HISTORY - 1).jobId()).isEqualTo(11);
    assertThat(history.get(0).started()).isEqualTo(Instant.ofEpochMilli(1_000 + count - 1));
    assertThat(board.get().totals())
        .isEqualTo(
            new CompactionTotals(
                count, 0, 0, 2_000L * count, 1_000L * count, 500L * count, 7L * count, false));
    assertThat(CompactionTotals.NONE.averageMillis()).isZero();
  }

  @Test
  void jobs_runningOnesFirst_areSeen() {
    Job runs = job(1, 1, 0, 3);
    Job waits = job(2, 2, 0, 4);
    ledger.started(runs);
    ledger.publish(List.of(waits), false);
    assertThat(board.get().jobs()).extracting(each -> each.jobId()).containsExactly(1L, 2L);
    assertThat(board.get().jobs())
        .extracting(each -> each.phase())
        .containsExactly(JobPhase.RUNNING, JobPhase.QUEUED);
    assertThat(ledger.runningIn(1)).isOne();
    assertThat(ledger.runningIn(2)).isZero();
  }

  @Test
  void jobsThatNeverRun_endAsWell() {
    ledger.refused(1, "the table was dropped");
    ledger.nothingToDo(job(2, 1, 0));
    ledger.abandoned(job(3, 1, 0, 3), "cancelled");
    ledger.publish(List.of(), false);
    assertThat(ends).extracting(JobEnd::jobId).containsExactly(1L, 2L, 3L);
    ledger.publish(List.of(), false);
    assertThat(ends)
        .extracting(JobEnd::outcome)
        .containsExactly(JobOutcome.ABANDONED, JobOutcome.COMPLETED, JobOutcome.ABANDONED);
    assertThat(ends)
        .extracting(JobEnd::problem)
        .containsExactly("the table was dropped", "", "cancelled");
    ledger.publish(List.of(), false);
    assertThat(board.get().history()).extracting(JobRecord::jobId).containsExactly(3L, 2L);
  }

  @Test
  void aJobThatGivesWay_keepsItsProgress_andIsOneInTheBooks() {
    Job job = job(1, 1, 0, 3);
    ledger.started(job);
    assertThat(ledger.report(report(job, JobReport.State.YIELDED, 400, ""))).isEqualTo(job);
    assertThat(ledger.running()).isEmpty();
    Job rest = job.after(Jobs.rest(400));
    ledger.publish(List.of(rest), false);
    assertThat(board.get().jobs()).hasSize(1);
    assertThat(board.get().jobs().get(0).phase()).isEqualTo(JobPhase.YIELDED);
    assertThat(board.get().jobs().get(0).fraction()).isEqualTo(0.4);
    wallMillis += 500;
    ledger.started(rest);
    assertThat(ledger.report(report(rest, JobReport.State.RUNNING, 300, ""))).isEqualTo(rest);
    ledger.publish(List.of(), false);
    assertThat(board.get().jobs().get(0).phase()).isEqualTo(JobPhase.RUNNING);
    assertThat(board.get().jobs().get(0).fraction()).isEqualTo(0.4);
    assertThat(board.get().jobs().get(0).started()).isEqualTo(Instant.ofEpochMilli(1_000));
    assertThat(ledger.report(report(rest, JobReport.State.COMPLETED, 1000, ""))).isEqualTo(rest);
    ledger.publish(List.of(), false);
    assertThat(marks()).containsExactlyElementsOf(JobKind.FILES.marks());
    assertThat(types()).containsOnlyOnce(CompactionEvent.Type.STARTED);
    assertThat(board.get().history()).hasSize(1);
    assertThat(board.get().totals())
        .isEqualTo(new CompactionTotals(1, 0, 0, 2_000, 1_000, 500, 7, false));
  }

  @Test
  void whatIsGivenUpAfterItGaveWay_countsWithWhatItDid() {
    Job job = job(1, 1, 0, 3);
    ledger.started(job);
    assertThat(ledger.report(report(job, JobReport.State.YIELDED, 400, ""))).isEqualTo(job);
    ledger.abandoned(job.after(Jobs.rest(400)), "cancelled");
    ledger.publish(List.of(), false);
    assertThat(board.get().jobs()).isEmpty();
    assertThat(ends).extracting(JobEnd::problem).containsExactly("cancelled");
    assertThat(board.get().history().get(0).records()).isEqualTo(40);
    assertThat(board.get().totals())
        .isEqualTo(new CompactionTotals(0, 0, 1, 2_000, 400, 200, 7, false));
  }

  private List<CompactionEvent.Type> types() {
    return events.stream().map(CompactionEvent::type).toList();
  }

  private List<Double> marks() {
    return events.stream()
        .filter(each -> each.type() == CompactionEvent.Type.PROGRESS)
        .map(CompactionEvent::fraction)
        .toList();
  }
}
