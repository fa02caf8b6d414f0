// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;
import java.util.Objects;

/**
 * Something that happened to a job.
 *
 * @param type what happened
 * @param jobId the job, unique within a store
 * @param cache name of the cache
 * @param kind what the job does
 * @param files data files it is about
 * @param spaceSaved bytes that the files have become shorter by so far; negative if longer
 * @param duration how long the job has worked
 * @param fraction share of its work that is done, 0 to 1
 * @param reason why it was started; of a failed or abandoned one, why it ended
 */
public record CompactionEvent(
    Type type,
    long jobId,
    String cache,
    JobKind kind,
    int files,
    long spaceSaved,
    Duration duration,
    double fraction,
    String reason) {
  /** What can happen to a job. */
  public enum Type {
    /** It began. */
    STARTED,
    /** It crossed one of {@link JobKind#marks}. */
    PROGRESS,
    /** All its work is done. */
    COMPLETED,
    /** It met an error and was rolled back. */
    FAILED,
    /** It was cancelled, took too long, or would not have been worth it. */
    ABANDONED
  }

  /**
   * @throws IllegalArgumentException if a number is negative or the fraction is not one
   */
  public CompactionEvent {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(reason, "reason");
    Checks.notNegative("jobId", jobId);
    Checks.notNegative("files", files);
    Checks.notNegative("duration", duration);
    Checks.share("fraction", fraction);
  }
}
