// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The compaction of a store: runs by itself, and on demand. Thread-safe; null arguments give a
 * {@link NullPointerException}.
 *
 * <p>Nothing here changes what a cache holds, but for records that have expired and, at the limits
 * of the store, those that are evicted. Giving a job up is always safe: a record stands where it
 * stood until its copy is durable.
 */
public interface Compaction {
  /**
   * Compacts files of a cache now. A job that the end of the store interrupts, in whatever way,
   * goes on with the files that are left when the store is opened again; {@link #history} then has
   * it with the reason "resumed after a restart". On a full disk it may be forgotten instead.
   *
   * @return the result when all is done, visible and durable; empty if no file was worth it. Fails
   *     with a {@link CompactionException} if the job failed, and with a {@link
   *     java.util.concurrent.CancellationException} if it was cancelled, took too long, or the
   *     store was closed
   * @throws IllegalArgumentException if there is no such cache
   * @throws CompactionException if too many requests wait
   */
  CompletableFuture<CompactionResult> compact(String cache, CompactionOptions options);

  /**
   * Tells what {@link #compact} would do now, and why; does nothing.
   *
   * @throws IllegalArgumentException if there is no such cache
   */
  CompactionPlan plan(String cache, CompactionOptions options);

  /**
   * Removes what has expired in a cache now; fails, and goes on, like {@link #compact}.
   *
   * @throws IllegalArgumentException if there is no such cache
   * @throws CompactionException if too many requests wait
   */
  CompletableFuture<ExpiryResult> purgeExpired(String cache);

  /**
   * Gives a job up, whether it waits or runs; nothing happens if it has ended.
   *
   * @throws CompactionException if too many requests wait
   */
  void cancel(long jobId);

  /** Returns the running jobs, then those that wait. */
  List<JobProgress> jobs();

  /** Returns the jobs that ended last, newest first; at most 256. */
  List<JobRecord> history();

  /** Returns what all jobs since the opening of the store add up to. */
  CompactionTotals totals();

  /**
   * Returns the data files of a cache.
   *
   * @throws IllegalArgumentException if there is no such cache
   */
  List<SegmentInfo> segments(String cache);

  /**
   * Tells whether compaction keeps up with a cache; reads nothing.
   *
   * @throws IllegalArgumentException if there is no such cache
   */
  FragmentationReport checkFragmentation(String cache);

  /**
   * Reads all records of a cache, while it is in use, and tells whether each can be found and
   * verifies. Takes about as long as reading its files once, on the caller's thread.
   *
   * @throws IllegalArgumentException if there is no such cache
   */
  IntegrityReport checkIntegrity(String cache);

  /** Returns how much space the store takes for what it keeps; reads nothing. */
  SpaceReport space();

  /**
   * Returns how a cache is compacted.
   *
   * @throws IllegalArgumentException if there is no such cache
   */
  CompactionConfig config(String cache);

  /**
   * Changes how a cache is compacted, from the next decision on. The settings are remembered with
   * the cache, as durable on return as a value that was put, and are gone when it is dropped. Where
   * that is not possible, on a full disk above all, they hold until the store is closed, and one
   * line in the log says so.
   *
   * @throws IllegalArgumentException if there is no such cache
   * @throws CompactionException if too many requests wait
   */
  void configure(String cache, CompactionConfig config);

  /**
   * Tells a listener of all events, on a thread of the compaction, which it must not block; what it
   * throws is logged.
   *
   * @return ends that when closed
   */
  AutoCloseable onEvent(Consumer<? super CompactionEvent> listener);

  /** Stops background work after the jobs that run; jobs that are asked for still run. */
  void pause();

  /** Ends a {@link #pause}. */
  void resume();
}
