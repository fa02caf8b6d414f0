// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

/**
 * How the compaction of a cache is set; each name is one that {@link CompactionMXBean#configure}
 * takes. What they mean, with their defaults: {@link io.firn.compaction.CompactionConfig}.
 */
public interface CacheOptions {
  /** Whether compaction starts by itself. */
  boolean isAutoCompact();

  /** Whether there is background work at all. */
  boolean isBackgroundEnabled();

  /** Number of candidate files that starts a job. */
  int getCompactThresholdFiles();

  /** Garbage in files that starts a job, in bytes. */
  long getCompactThresholdBytes();

  /** Length of the files to make, in bytes. */
  long getTargetFileSizeBytes();

  /** Files shorter than this are merged, in bytes. */
  long getMinFileSizeBytes();

  /** Files with a larger share of dead rows are compacted, 0 to 1. */
  double getDeadRowShare();

  /** Share of dead bytes from which on a page is worth it, 0 to 1. */
  double getMinFragmentation();

  /** Number of dead records from which on a page is worth it. */
  int getMinDeletedRecords();

  /** Bytes that must come back from a page. */
  long getMinSpaceSavingsBytes();

  /** Share of the chosen files' bytes that must come back, 0 to 1. */
  double getMinSpaceSaving();

  /** Work after which a job is given up, in milliseconds. */
  long getTimeoutMillis();

  /** Jobs that may run at a time. */
  int getMaxConcurrentJobs();

  /** What its jobs may read, write and delete in a second, in bytes; 0 for no such ceiling. */
  long getMaximumBytesPerSecond();

  /** After which a job gives way to others, in milliseconds. */
  long getMaxRuntimeMillis();
}
