// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static io.firn.compaction.worker.Jobs.SECOND;
import static io.firn.compaction.worker.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which job comes next, and which segments are spoken for. */
final class JobQueueTest {
  private final JobQueue queue = new JobQueue();

  @Test
  void theHigherPriority_comesFirst_andTheOlderOfEquals() {
    for (int i = 0; i < 4; i++) {
      assertThat(queue.add(job(i, 1, i % 2 * 100, i), 0)).isTrue();
    }
    assertThat(queue.waiting()).extracting(Job::id).containsExactly(0L, 1L, 2L, 3L);
    assertThat(drain(0)).containsExactly(1L, 3L, 0L, 2L);
    assertThat(queue.take(0, job -> true)).isNull();
  }

  @Test
  void aJobThatWaits_overtakesOnesThatCameLater() {
    assertThat(queue.add(job(1, 1, 0, 1), 0)).isTrue();
    assertThat(queue.add(job(2, 1, 100, 2), 99 * SECOND)).isTrue();
    assertThat(queue.take(99 * SECOND, job -> true)).extracting(Job::id).isEqualTo(2L);
    assertThat(queue.add(job(3, 1, 100, 3), 100 * SECOND)).isTrue();
    assertThat(queue.take(100 * SECOND, job -> true)).extracting(Job::id).isEqualTo(1L);
  }

  @Test
  void noJobStarves_thoughMoreUrgentOnesNeverEnd() {
    // Each second a job of 400 points comes and one is taken; the oldest gets its turn.
    assertThat(queue.add(job(0, 1, 0, 0), 0)).isTrue();
    int turns = 0;
    while (true) {
      turns++;
      assertThat(queue.add(job(turns, 1, 400, turns), turns * SECOND)).isTrue();
      Job next = Objects.requireNonNull(queue.take(turns * SECOND, job -> true));
      queue.release(next);
      if (next.id() == 0) {
        break;
      }
      assertThat(turns).isLessThan(500);
    }
    assertThat(turns).isBetween(399, 402);
  }

  @Test
  void clocks_mayBeNegative_andOverflow() {
    long near = Long.MAX_VALUE - SECOND;
    assertThat(queue.add(job(1, 1, 0, 1), near)).isTrue();
    assertThat(queue.add(job(2, 1, 5, 2), near + 10 * SECOND)).isTrue();
    assertThat(queue.take(near + 10 * SECOND, job -> true)).extracting(Job::id).isEqualTo(1L);
  }

  @Test
  void aSegment_isReserved_fromTheAddingToTheEnd() {
    Job first = job(1, 1, 0, 4, 5);
    assertThat(queue.add(first, 0)).isTrue();
    assertThat(queue.add(job(2, 2, 0, 5), 0)).isTrue();
    assertThat(queue.isReserved(1, 4)).isTrue();
    assertThat(queue.isReserved(1, 6)).isFalse();
    assertThat(queue.isReserved(2, 4)).isFalse();
    assertThat(queue.isReserved(3, 4)).isFalse();
    assertThat(queue.take(0, job -> true)).isEqualTo(first);
    assertThat(queue.isReserved(1, 5)).isTrue();
    queue.release(first);
    assertThat(queue.isReserved(1, 4)).isFalse();
    assertThat(queue.isReserved(1, 5)).isFalse();
    assertThat(queue.isReserved(2, 5)).isTrue();
    queue.release(first);
  }

  @Test
  void aCancelledJob_givesItsSegmentsBack() {
    Job first = job(1, 1, 0, 4);
    assertThat(queue.add(first, 0)).isTrue();
    assertThat(queue.add(job(2, 1, 0, 5), 0)).isTrue();
    assertThat(queue.remove(9)).isNull();
    assertThat(queue.remove(1)).isEqualTo(first);
    assertThat(queue.isReserved(1, 4)).isFalse();
    assertThat(queue.isReserved(1, 5)).isTrue();
    assertThat(queue.remove(1)).isNull();
    assertThat(drain(0)).containsExactly(2L);
  }

  @Test
  void tooManyJobs_areRefused_andReserveNothing() {
    for (int i = 0; i < JobQueue.MOST_WAITING; i++) {
      assertThat(queue.add(job(i, 1, 0, i), 0)).isTrue();
    }
    assertThat(queue.add(job(999, 1, 1000, 999), 0)).isFalse();
    assertThat(queue.isReserved(1, 999)).isFalse();
    assertThat(queue.take(0, job -> true)).isNotNull();
    assertThat(queue.add(job(999, 1, 1000, 999), 0)).isTrue();
  }

  private List<Long> drain(long now) {
    List<Long> order = new ArrayList<>();
    for (Job next = queue.take(now, job -> true);
        next != null;
        next = queue.take(now, job -> true)) {
      order.add(next.id());
    }
    return order;
  }
}
