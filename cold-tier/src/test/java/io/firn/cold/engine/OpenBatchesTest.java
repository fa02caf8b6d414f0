// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.format.LogFrame;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class OpenBatchesTest {
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final AtomicLong end = new AtomicLong(64);
  private final OpenBatches batches = new OpenBatches(end::get, new StillThreads());

  private long openAt(long lsn, long deadlineNanos) {
    end.set(lsn);
    return batches.open(deadlineNanos);
  }

  @Test
  void anOpenBatch_pullsRedoBackToItsFirstFrame() {
    long id = openAt(1000, NEVER);
    assertThat(batches.redoLsn(5000, 0)).isEqualTo(1000);
    assertThat(batches.redoLsn(500, 0)).isEqualTo(500);
    assertThat(batches.latest(8)).containsExactly(new LogFrame.OpenBatch(id, 1000));
    batches.abandoned(id);
    assertThat(batches.redoLsn(5000, 0)).isEqualTo(5000);
    assertThat(batches.beginCommit(id)).isFalse();
  }

  @Test
  void aCommittedBatch_pullsRedoBackForSnapshotsThatLackIt_only() {
    long id = openAt(1000, NEVER);
    assertThat(batches.beginCommit(id)).isTrue();
    batches.committed(id, 3000);
    assertThat(batches.redoLsn(2000, 0)).isEqualTo(1000);
    assertThat(batches.redoLsn(3000, 0)).isEqualTo(1000);
    assertThat(batches.redoLsn(3008, 0)).isEqualTo(3008);
    batches.forget(3000);
    assertThat(batches.redoLsn(2000, 0)).isEqualTo(1000);
    batches.forget(3008);
    assertThat(batches.redoLsn(2000, 0)).isEqualTo(2000);
  }

  @Test
  void aBatchPastItsTime_isGivenUp_unlessItsCommitHasBegun() {
    long late = openAt(1000, 100);
    long committing = openAt(2000, 100);
    long inTime = openAt(3000, 102);
    assertThat(batches.beginCommit(committing)).isTrue();
    assertThat(batches.redoLsn(5000, 100)).isEqualTo(1000);
    assertThat(batches.redoLsn(5000, 101)).isEqualTo(2000);
    assertThat(batches.beginCommit(late)).isFalse();
    assertThat(batches.beginCommit(inTime)).isTrue();
  }

  @Test
  void openBatches_canBeGivenUp_unlessTheirCommitHasBegun() {
    long waiting = openAt(1000, NEVER);
    long committing = openAt(2000, NEVER);
    assertThat(batches.beginCommit(committing)).isTrue();
    assertThat(batches.giveUpOpen()).isTrue();
    assertThat(batches.giveUpOpen()).isFalse();
    assertThat(batches.beginCommit(waiting)).isFalse();
    assertThat(batches.redoLsn(5000, 0)).isEqualTo(2000);
  }

  @Test
  void manyCommittedBatches_areMerged_andNeverKeepLessOfTheLog() {
    for (int i = 1; i <= 5000; i++) {
      batches.restore(i * 100L, i * 100L + 80);
    }
    for (int i = 1; i <= 5000; i++) {
      long lsn = batches.redoLsn(i * 100L + 50, 0);
      assertThat(lsn).isBetween(0L, i * 100L);
      assertThat(i * 100L - lsn).isLessThanOrEqualTo(100 * 1024);
    }
    assertThat(batches.redoLsn(5000 * 100L + 81, 0)).isEqualTo(5000 * 100L + 81);
  }

  @Test
  void ids_goOnAboveThoseOfEarlierLives() {
    batches.start(700);
    assertThat(batches.open(NEVER)).isEqualTo(700);
    assertThat(batches.open(NEVER)).isEqualTo(701);
    assertThat(batches.latest(1)).hasSize(1);
  }
}
