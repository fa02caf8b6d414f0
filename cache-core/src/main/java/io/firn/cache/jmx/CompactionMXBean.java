// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import static javax.management.MBeanOperationInfo.INFO;

import io.firn.compaction.HealthLevel;
import java.util.Map;

/**
 * The compaction of one open store; registered as {@code io.firn:type=Compaction,store="<absolute
 * directory>"} while it is open. Thread-safe.
 *
 * <p>It sends notifications of the types {@code io.firn.compaction.started}, {@code .progress},
 * {@code .completed}, {@code .failed} and {@code .abandoned}. Their user data is composite: {@code
 * jobId}, {@code cache}, {@code kind}, {@code files}, {@code spaceSaved} (bytes), {@code
 * durationMillis}, {@code fraction} and {@code reason}. They come on a thread of the compaction,
 * which a listener in this process must not block.
 *
 * <p>Counters begin at 0 when the store is opened. An operation that names a cache throws {@link
 * IllegalArgumentException} if the store has none of that name, and those that ask for work throw
 * {@link IllegalStateException} if too many requests wait, or the store is being closed.
 */
@Described("Compaction of one Firn store: gives the space of dead and expired entries back")
public interface CompactionMXBean {
  @Described("Running jobs, then those that wait, by number")
  Map<Long, RunningJob> getJobs();

  @Described("Jobs that ended last, newest first, by number; at most 256")
  Map<Long, EndedJob> getHistory();

  @Described("Jobs that run now")
  int getRunningJobs();

  @Described("Jobs that wait for their turn")
  int getWaitingJobs();

  @Described("Share of the work of the running jobs that is done, 0 to 1; 1 if none runs")
  double getProgress();

  @Described("Whether background work is stopped")
  boolean isPaused();

  @Described("Jobs that were completed")
  long getPerformed();

  @Described("Jobs that failed and were rolled back")
  long getFailed();

  @Described("Jobs that were cancelled while they ran, or took too long")
  long getAbandoned();

  @Described("Bytes by which files became shorter through jobs; negative if longer")
  long getReclaimedBytes();

  @Described("Bytes of the pages that jobs worked through")
  long getWalkedBytes();

  @Described("Bytes of the copies that jobs made")
  long getMovedBytes();

  @Described("How long jobs ran, added up, in milliseconds")
  long getBusyMillis();

  @Described("How long a job ran on average, in milliseconds; 0 if none ran")
  long getAverageMillis();

  @Described("Length of all files of the store, in bytes")
  long getFileBytes();

  @Described("Bytes of records that live and have not expired")
  long getLiveBytes();

  @Described("Bytes of data files above 1.25 times the live bytes; 0 if there are none")
  long getDebtBytes();

  @Described("Bytes of files per live byte; infinite while nothing lives")
  double getSpaceAmplification();

  @Described("Bytes given to the file system per byte that callers wrote; 0 while they wrote none")
  double getWriteAmplification();

  @Described("How compaction is set, by cache")
  Map<String, CacheOptions> getOptions();

  @Described("How well the space of data files is used, by cache")
  Map<String, CacheSpace> getFragmentation();

  @Described("The worst level of all caches: HEALTHY, FRAGMENTED or DEGRADED")
  HealthLevel getHealth();

  @Described("Compacts files of a cache now, and returns the number of the job")
  long compact(@Described("name of the cache") String cache);

  @Described("Compacts files of a cache now as chosen, and returns the number of the job")
  long compact(
      @Described("name of the cache") String cache,
      @Described("length of the files to make, in bytes, at least 1") long targetFileSizeBytes,
      @Described("files shorter than this are merged, in bytes") long minFileSizeBytes,
      @Described("share of the chosen files that must come back, 0 to 1") double minSpaceSaving,
      @Described("after which the job is given up, in milliseconds") long timeoutMillis);

  @Described(value = "Tells what compact(cache) would do now, and why; does nothing", impact = INFO)
  PlannedWork plan(@Described("name of the cache") String cache);

  @Described("Removes what has expired in a cache now, and returns the number of the job")
  long purgeExpired(@Described("name of the cache") String cache);

  @Described("Gives a job up, whether it waits or runs; does nothing if it has ended")
  void cancel(@Described("number of the job") long jobId);

  @Described("Stops background work after the jobs that run; jobs that are asked for still run")
  void pause();

  @Described("Ends a pause")
  void resume();

  @Described(
      "Changes one option of a cache; throws IllegalArgumentException for a bad name or value")
  void configure(
      @Described("name of the cache") String cache,
      @Described("name of the option, as the attribute Options has it") String option,
      @Described("its new value") String value);

  @Described(
      value = "Reads all records of a cache and compares them with the index; takes a while",
      impact = INFO)
  CheckedRecords checkIntegrity(@Described("name of the cache") String cache);
}
