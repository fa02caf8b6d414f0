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

  @Test
  void aTurnIsOver_onceItHasLasted() {
    Job job = job(1, 1, 0, 4);
    for (long started : new long[] {0, -5, Long.MAX_VALUE - 1, Long.MIN_VALUE}) {
      assertThat(job.shouldYield(started, started)).isFalse();
      assertThat(job.shouldYield(started, started + job.maxRuntimeNanos() - 1)).isFalse();
      assertThat(job.shouldYield(started, started + job.maxRuntimeNanos())).isTrue();
      assertThat(job.shouldYield(started, started + 100 * SECOND)).isTrue();
    }
  }

  @Test
  void aJobGivesWay_toOnesThatWouldRunBeforeIt_andToNoOthers() {
    Job runs = job(1, 1, 100, 4);
    assertThat(queue.hasBefore(runs, 0, job -> true)).isFalse();
    assertThat(queue.add(job(2, 2, 99, 5), 0)).isTrue();
    assertThat(queue.hasBefore(runs, SECOND - 1, job -> true)).isFalse();
    assertThat(queue.hasBefore(runs, SECOND, job -> true)).isTrue();
    assertThat(queue.hasBefore(runs, SECOND, job -> job.id() != 2)).isFalse();
    assertThat(queue.add(job(3, 3, 400, 6), SECOND)).isTrue();
    assertThat(queue.hasBefore(runs, SECOND, job -> job.id() != 2)).isTrue();
    assertThat(queue.waiting()).hasSize(2);
  }

  @Test
  void whatIsPutBack_comesAfterItsEquals_keepsItsSegments_andIsNeverRefused() {
    Job first = job(0, 1, 0, 1000);
    assertThat(queue.add(first, 0)).isTrue();
    assertThat(queue.take(0, job -> true)).isEqualTo(first);
    for (int i = 1; i <= JobQueue.MOST_WAITING; i++) {
      assertThat(queue.add(job(i, 1, 0, i), 0)).isTrue();
    }
    Job rest = first.after(Jobs.rest(300));
    assertThat(queue.hasBefore(rest, 0, job -> true)).isTrue();
    queue.putBack(rest, 0);
    assertThat(queue.isReserved(1, 1000)).isTrue();
    assertThat(queue.take(0, job -> true)).extracting(Job::id).isEqualTo(1L);
    assertThat(queue.remove(0)).isEqualTo(rest);
    assertThat(queue.isReserved(1, 1000)).isFalse();
  }

  @Test
  void aJobThatGivesWay_doesNotStarve_thoughMoreUrgentOnesNeverEnd() {
    Job low = job(0, 1, 0, 0);
    assertThat(queue.add(low, 0)).isTrue();
    int turns = 0;
    for (int second = 1; second <= 1000; second++) {
      assertThat(queue.add(job(second, 1, 100, second), second * SECOND)).isTrue();
      Job next = Objects.requireNonNull(queue.take(second * SECOND, job -> true));
      if (next.id() == 0) {
        turns++;
        assertThat(queue.hasBefore(next, second * SECOND, job -> true)).isTrue();
        queue.putBack(next, second * SECOND);
        next = Objects.requireNonNull(queue.take(second * SECOND, job -> true));
      }
      queue.release(next);
    }
    assertThat(turns).isBetween(8, 10);
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
