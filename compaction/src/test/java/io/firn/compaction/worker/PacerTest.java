// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.compaction.JobKind;
import io.firn.compaction.pace.PaceSettings;
import io.firn.compaction.plan.StoreFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How fast the jobs may go that run. */
final class PacerTest {
  private static final long MIB = 1L << 20;
  private static final long STEP_NANOS = Jobs.SECOND / 10;
  private static final PaceSettings SETTINGS = PaceSettings.defaults();
  private static final StoreFacts ROOMY = new StoreFacts(1L << 40, 64 * MIB, false, false, 0, 0);

  private final Published<JobRates> rates = new Published<>(JobRates.NONE);
  private final Pacer pacer = new Pacer(rates, SETTINGS, 0, 0);
  private long now;
  private long written;

  @Test
  void pacedJobs_shareThePace_andOneByHandIsNotHeldBack() {
    Job first = Jobs.job(1, 1, 0, 1);
    Job second = Jobs.job(2, 2, 0, 2);
    Job byHand = Jobs.byHand(3, 2, 3);
    read(ROOMY, 10_000 * MIB, false, first, second);
    publish(0, first, second, byHand);
    long share = rates.get().of(1);
    assertThat(share).isEqualTo(SETTINGS.ceilingBytesPerSecond() / 2);
    assertThat(rates.get().of(2)).isEqualTo(share);
    assertThat(rates.get().of(3)).isEqualTo(JobRates.UNBOUNDED);
    assertThat(rates.get().of(4)).isEqualTo(JobRates.UNBOUNDED);
  }

  @Test
  void aJobEnds_alsoWhenTheDebtIsPaid() {
    Job job = Jobs.job(1, 1, 0, 1);
    read(ROOMY, 0, false, job);
    publish(0, job);
    assertThat(rates.get().of(1)).isEqualTo(SETTINGS.floorBytesPerSecond());
  }

  @Test
  void moreDebt_makesItFaster_andSoDoesALackOfRoom() {
    Job job = Jobs.job(1, 1, JobKind.FILES, 100 * MIB, 0, 1);
    read(ROOMY, 100 * MIB, false, job);
    publish(0, job);
    long some = rates.get().of(1);
    read(ROOMY, 200 * MIB, false, job);
    publish(0, job);
    assertThat(rates.get().of(1)).isGreaterThan(some);
    read(new StoreFacts(600 * MIB, 800 * MIB, false, false, 0, 0), 100 * MIB, false, job);
    publish(0, job);
    assertThat(rates.get().of(1)).isGreaterThan(some);
  }

  @Test
  void aCeiling_holdsForAllJobsOfATableTogether() {
    Job paced = Jobs.job(1, 1, 0, 1);
    Job byHand = Jobs.byHand(2, 1, 2);
    Job other = Jobs.byHand(3, 2, 3);
    read(ROOMY, 10_000 * MIB, false, paced);
    pacer.publish(List.of(paced, byHand, other), job -> job.tableId() == 1 ? 2 * MIB : 0);
    assertThat(rates.get().of(1)).isEqualTo(MIB);
    assertThat(rates.get().of(2)).isEqualTo(MIB);
    assertThat(rates.get().of(3)).isEqualTo(JobRates.UNBOUNDED);
    publish(1, paced, byHand);
    assertThat(rates.get().of(1)).isEqualTo(1);
  }

  @Test
  void nothingIsHeldBack_whileWritersWait_orHalfOfTheReserveIsGone() {
    Job job = Jobs.job(1, 1, 0, 1);
    read(ROOMY, 0, true, job);
    publish(MIB, job);
    assertThat(rates.get()).isEqualTo(JobRates.NONE);
    read(ROOMY, 0, false, job);
    publish(MIB, job);
    assertThat(rates.get().of(1)).isEqualTo(MIB);
    read(new StoreFacts(32 * MIB, 64 * MIB, false, false, 0, 0), 0, false, job);
    publish(MIB, job);
    assertThat(rates.get()).isEqualTo(JobRates.NONE);
    read(new StoreFacts(33 * MIB, 64 * MIB, false, false, 0, 0), 0, false, job);
    publish(MIB, job);
    assertThat(rates.get().of(1)).isEqualTo(MIB);
  }

  @Test
  void readings_areTakenAtAnInterval_andWhatStaysTheSameIsNotPublishedAgain() {
    Job job = Jobs.job(1, 1, JobKind.FILES, 100 * MIB, 0, 1);
    read(ROOMY, 100 * MIB, false, job);
    publish(0, job);
    JobRates before = rates.get();
    pacer.read(now + STEP_NANOS - 1, ROOMY, 200 * MIB, written, true, List.of(job));
    publish(0, job);
    assertThat(rates.get()).isSameAs(before);
  }

  /** Bytes of a table that was dropped are no longer counted, and nobody has written less. */
  @Test
  void whatWritersConsume_isFollowed() {
    Job job = Jobs.job(1, 1, JobKind.FILES, 100 * MIB, 0, 1);
    long idle = paceAfter(job, 0);
    long busy = paceAfter(job, 4 * MIB);
    assertThat(busy).isGreaterThan(idle);
    written = 0;
    read(ROOMY, 100 * MIB, false, job);
    publish(0, job);
    assertThat(rates.get().of(1)).isBetween(idle, busy);
  }

  private long paceAfter(Job job, long bytesPerStep) {
    for (int i = 0; i < 100; i++) {
      written += bytesPerStep;
      read(ROOMY, 100 * MIB, false, job);
    }
    publish(0, job);
    return rates.get().of(job.id());
  }

  private void read(StoreFacts facts, long debt, boolean writersWait, Job... running) {
    now += STEP_NANOS;
    pacer.read(now, facts, debt, written, writersWait, List.of(running));
  }

  private void publish(long ceiling, Job... running) {
    pacer.publish(List.of(running), job -> ceiling);
  }
}
