// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A job that has ended, as the history keeps it.
 *
 * @param jobId the job, unique within a store
 * @param cache name of the cache
 * @param kind what it did
 * @param outcome how it ended
 * @param started when it began to run
 * @param duration how long it worked, without what it waited after it had given way to others
 * @param files data files that it touched
 * @param bytesBefore length of these files before
 * @param bytesAfter length of what holds their records now
 * @param records records it moved or removed
 * @param reason why it was started, with the numbers of the decision
 * @param problem what went wrong; empty if nothing did
 */
public record JobRecord(
    long jobId,
    String cache,
    JobKind kind,
    JobOutcome outcome,
    Instant started,
    Duration duration,
    int files,
    long bytesBefore,
    long bytesAfter,
    long records,
    String reason,
    String problem) {
  /**
   * @throws IllegalArgumentException if a number is negative
   */
  public JobRecord {
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(started, "started");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(problem, "problem");
    Checks.notNegative("jobId", jobId);
    Checks.notNegative("duration", duration);
    Checks.notNegative("files", files);
    Checks.notNegative("bytesBefore", bytesBefore);
    Checks.notNegative("bytesAfter", bytesAfter);
    Checks.notNegative("records", records);
  }
}
