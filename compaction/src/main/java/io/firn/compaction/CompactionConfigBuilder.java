// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;

/** Collects the settings of a {@link CompactionConfig}, which checks them. Not thread-safe. */
public final class CompactionConfigBuilder {
  private boolean autoCompact;
  private boolean backgroundEnabled;
  private int compactThresholdFiles;
  private long compactThresholdBytes;
  private long targetFileSizeBytes;
  private long minFileSizeBytes;
  private double deadRowShare;
  private CompactionThresholds thresholds;
  private double minSpaceSaving;
  private Duration timeout;
  private int maxConcurrentJobs;
  private long maximumBytesPerSecond;
  private Duration maxRuntime;

  CompactionConfigBuilder(CompactionConfig config) {
    autoCompact = config.autoCompact();
    backgroundEnabled = config.backgroundEnabled();
    compactThresholdFiles = config.compactThresholdFiles();
    compactThresholdBytes = config.compactThresholdBytes();
    targetFileSizeBytes = config.targetFileSizeBytes();
    minFileSizeBytes = config.minFileSizeBytes();
    deadRowShare = config.deadRowShare();
    thresholds = config.thresholds();
    minSpaceSaving = config.minSpaceSaving();
    timeout = config.timeout();
    maxConcurrentJobs = config.maxConcurrentJobs();
    maximumBytesPerSecond = config.maximumBytesPerSecond();
    maxRuntime = config.maxRuntime();
  }

  /** Sets whether compaction starts by itself. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder autoCompact(boolean value) {
    autoCompact = value;
    return this;
  }

  /** Sets whether there are background workers. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder backgroundEnabled(boolean value) {
    backgroundEnabled = value;
    return this;
  }

  /** Sets the number of candidate files that starts a job. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder compactThresholdFiles(int value) {
    compactThresholdFiles = value;
    return this;
  }

  /** Sets the garbage in files that starts a job. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder compactThresholdBytes(long value) {
    compactThresholdBytes = value;
    return this;
  }

  /** Sets the length of the files to make. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder targetFileSizeBytes(long value) {
    targetFileSizeBytes = value;
    return this;
  }

  /** Sets the length below which files are merged. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder minFileSizeBytes(long value) {
    minFileSizeBytes = value;
    return this;
  }

  /** Sets the share of dead rows above which a file is compacted. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder deadRowShare(double value) {
    deadRowShare = value;
    return this;
  }

  /** Sets from when on pages, or a file, count as fragmented. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder thresholds(CompactionThresholds value) {
    thresholds = value;
    return this;
  }

  /** Sets the share of bytes that must come back. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder minSpaceSaving(double value) {
    minSpaceSaving = value;
    return this;
  }

  /** Sets the time of work after which a job is abandoned. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder timeout(Duration value) {
    timeout = value;
    return this;
  }

  /** Sets how many jobs may run at a time. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder maxConcurrentJobs(int value) {
    maxConcurrentJobs = value;
    return this;
  }

  /** Sets what the jobs may read, write and delete in a second; 0 for no ceiling. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder maximumBytesPerSecond(long value) {
    maximumBytesPerSecond = value;
    return this;
  }

  /** Sets the time after which a job gives way to others. */
  @CanIgnoreReturnValue
  public CompactionConfigBuilder maxRuntime(Duration value) {
    maxRuntime = value;
    return this;
  }

  /**
   * Returns the settings.
   *
   * @throws IllegalArgumentException if a setting is outside its range; names it
   */
  public CompactionConfig build() {
    return new CompactionConfig(
        autoCompact,
        backgroundEnabled,
        compactThresholdFiles,
        compactThresholdBytes,
        targetFileSizeBytes,
        minFileSizeBytes,
        deadRowShare,
        thresholds,
        minSpaceSaving,
        timeout,
        maxConcurrentJobs,
        maximumBytesPerSecond,
        maxRuntime);
  }
}
