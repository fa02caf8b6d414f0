// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;
import java.util.Objects;

/**
 * How a table is compacted; remembered with it, and changeable at any time.
 *
 * @param autoCompact whether compaction starts by itself; default true. Jobs that users start, and
 *     what keeps the store within its limits, run in any case
 * @param backgroundEnabled whether there are background workers at all; default true. Without them
 *     only jobs that users start run
 * @param compactThresholdFiles number of candidate files that starts a job, at least 1; default 10
 * @param compactThresholdBytes garbage in files that starts a job; default 100 MiB
 * @param targetFileSizeBytes length of the files to make, at least 1; default 512 MiB
 * @param minFileSizeBytes files shorter than this are merged; default 64 MiB
 * @param deadRowShare files with a larger share of dead rows are compacted, 0 to 1; default 0.25
 * @param thresholds from when on pages, or a file, count as fragmented
 * @param minSpaceSaving share of the chosen files' bytes that must come back, unless the number of
 *     files falls or room for writers lacks, 0 to 1; default 0.10
 * @param timeout of work after which a job is abandoned, at least 1 ms; default 10 minutes
 * @param maxConcurrentJobs jobs of the table that may run at a time, 1 to 64; default 4. All tables
 *     of a store together never run more than half as many as there are cores, but one
 * @param maximumBytesPerSecond what the table's jobs may read, write and delete in a second, by
 *     hand or not, as long as writers do not wait for them; default 0, which means no such ceiling
 * @param maxRuntime after which a job gives way, between two slices of its work, if another waits
 *     that is at least as urgent, and goes on after it, at least 1 ms; default 2 s. Jobs that make
 *     room for writers do not give way
 */
public record CompactionConfig(
    boolean autoCompact,
    boolean backgroundEnabled,
    int compactThresholdFiles,
    long compactThresholdBytes,
    long targetFileSizeBytes,
    long minFileSizeBytes,
    double deadRowShare,
    CompactionThresholds thresholds,
    double minSpaceSaving,
    Duration timeout,
    int maxConcurrentJobs,
    long maximumBytesPerSecond,
    Duration maxRuntime) {
  /** Largest value of {@code maxConcurrentJobs}. */
  public static final int MOST_JOBS = 64;

  static final long DEFAULT_TARGET_BYTES = 512L << 20;
  static final long DEFAULT_MIN_FILE_BYTES = 64L << 20;
  static final double DEFAULT_MIN_SPACE_SAVING = 0.10;
  static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);
  static final Duration DEFAULT_MAX_RUNTIME = Duration.ofSeconds(2);

  /** A file is small at most up to this part of the target, else merging would go on for ever. */
  private static final int SMALL_PART = 8;

  private static final CompactionConfig DEFAULTS =
      new CompactionConfig(
          true,
          true,
          10,
          100L << 20,
          DEFAULT_TARGET_BYTES,
          DEFAULT_MIN_FILE_BYTES,
          0.25,
          CompactionThresholds.defaults(),
          DEFAULT_MIN_SPACE_SAVING,
          DEFAULT_TIMEOUT,
          4,
          0,
          DEFAULT_MAX_RUNTIME);

  /**
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public CompactionConfig {
    Objects.requireNonNull(thresholds, "thresholds");
    Checks.within("compactThresholdFiles", compactThresholdFiles, 1, Integer.MAX_VALUE);
    Checks.notNegative("compactThresholdBytes", compactThresholdBytes);
    Checks.within("targetFileSizeBytes", targetFileSizeBytes, 1, Long.MAX_VALUE);
    Checks.notNegative("minFileSizeBytes", minFileSizeBytes);
    Checks.share("deadRowShare", deadRowShare);
    Checks.share("minSpaceSaving", minSpaceSaving);
    Checks.timeout("timeout", timeout);
    Checks.within("maxConcurrentJobs", maxConcurrentJobs, 1, MOST_JOBS);
    Checks.notNegative("maximumBytesPerSecond", maximumBytesPerSecond);
    Checks.timeout("maxRuntime", maxRuntime);
  }

  /** Returns the defaults. */
  public static CompactionConfig defaults() {
    return DEFAULTS;
  }

  /** Starts with the settings of this one. */
  public CompactionConfigBuilder toBuilder() {
    return new CompactionConfigBuilder(this);
  }

  /** Returns the length of the files to make in a store with segments of a size. */
  public long effectiveTargetBytes(long segmentBytes) {
    return Math.min(targetFileSizeBytes, segmentBytes);
  }

  /** Returns the length below which a sealed file is small, in a store with segments of a size. */
  public long effectiveSmallBytes(long segmentBytes) {
    return Math.min(minFileSizeBytes, effectiveTargetBytes(segmentBytes) / SMALL_PART);
  }

  /** Returns how many jobs run at a time on a machine with that many cores. */
  public int effectiveJobs(int cores) {
    return Math.min(maxConcurrentJobs, Math.max(1, cores / 2));
  }

  /** Returns what a job does that starts by itself in a store with segments of a size. */
  public CompactionOptions options(long segmentBytes) {
    return CompactionOptions.builder()
        .targetFileSizeBytes(effectiveTargetBytes(segmentBytes))
        .minFileSizeBytes(effectiveSmallBytes(segmentBytes))
        .minSpaceSaving(minSpaceSaving)
        .timeout(timeout)
        .build();
  }

  /** Returns the settings as bytes, for {@link #decode}. */
  public byte[] encode() {
    return CompactionConfigCodec.encode(this);
  }

  /**
   * Returns settings that {@link #encode} has written.
   *
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   * @throws io.firn.cold.model.CorruptStoreException if they are not whole, or outside their ranges
   */
  public static CompactionConfig decode(byte[] bytes) {
    return CompactionConfigCodec.decode(bytes);
  }
}
