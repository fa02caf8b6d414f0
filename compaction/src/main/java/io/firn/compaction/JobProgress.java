// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How far a job is that has not ended.
 *
 * @param jobId the job, unique within a store
 * @param cache name of the cache
 * @param kind what it does
 * @param phase where it stands
 * @param plannedBytes bytes it has to go through; 0 if there is nothing to do
 * @param doneBytes bytes it has gone through, at most {@code plannedBytes}
 * @param records records it has moved or removed
 * @param started when it began to run, or was queued if it has not run yet
 * @param observed when these figures were taken, not before {@code started}
 * @param reason why it was started, with the numbers of the decision
 */
public record JobProgress(
    long jobId,
    String cache,
    JobKind kind,
    JobPhase phase,
    long plannedBytes,
    long doneBytes,
    long records,
    Instant started,
    Instant observed,
    String reason) {
  /**
   * @throws IllegalArgumentException if a number is negative, more is done than was planned, or the
   *     figures are older than the job
   */
  public JobProgress {
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(reason, "reason");
    Checks.notNegative("jobId", jobId);
    Checks.notNegative("plannedBytes", plannedBytes);
    Checks.within("doneBytes", doneBytes, 0, plannedBytes);
    Checks.notNegative("records", records);
    if (observed.isBefore(started)) {
      throw new IllegalArgumentException("observed " + observed + " before started " + started);
    }
  }

  /**
   * Returns the same job at a later moment. What it has done never shrinks, and what was planned
   * stays, so its fraction never falls.
   *
   * @param nowDoneBytes bytes it has gone through; what is above the plan does not count
   * @param nowRecords records it has moved or removed
   */
  public JobProgress advanced(
      JobPhase nowPhase, long nowDoneBytes, long nowRecords, Instant nowObserved) {
    return new JobProgress(
        jobId,
        cache,
        kind,
        nowPhase,
        plannedBytes,
        Math.max(doneBytes, Math.min(nowDoneBytes, plannedBytes)),
        Math.max(records, nowRecords),
        started,
        nowObserved.isBefore(observed) ? observed : nowObserved,
        reason);
  }

  /** Returns the share of the planned bytes that is done, 0 to 1; 1 if there is nothing to do. */
  public double fraction() {
    return plannedBytes == 0 ? 1.0 : (double) doneBytes / plannedBytes;
  }

  /** Returns the time from its start to these figures. */
  public Duration elapsed() {
    return Duration.between(started, observed);
  }

  /** Returns the time it still needs at the speed so far; empty while it has done nothing. */
  public Optional<Duration> eta() {
    if (plannedBytes == doneBytes) {
      return Optional.of(Duration.ZERO);
    }
    if (doneBytes == 0) {
      return Optional.empty();
    }
    double left = (double) (plannedBytes - doneBytes) / doneBytes;
    return Optional.of(Duration.ofMillis((long) Math.ceil(elapsed().toMillis() * left)));
  }
}
