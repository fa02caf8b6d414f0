// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.agent.Rule;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Frames;
import io.firn.cold.format.JobEntry;
import io.firn.cold.format.LogFrame;
import io.firn.cold.format.Octets;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;

/**
 * Where the long-running jobs of a store stand, so that after a restart each can be resumed or
 * abandoned. What a state means is the job's own matter. Thread-safe.
 *
 * <p>A state that was saved is as durable as a value that was put: at once in {@link
 * FlushMode#SYNC}, else with the next force. After a crash the states are those of one moment of
 * the log, no job's older than one that was durable. The states of a dropped table are forgotten
 * with it, and all are when frames of the log were lost, as a job must not go on from an older one.
 */
public final class JobStates {
  /** How many jobs may have a state at the same time. */
  public static final int MAXIMUM_JOBS = 256;

  /** Largest state in bytes, unless the frames of the log are too short for it. */
  public static final int MAXIMUM_STATE_BYTES = 64 << 10;

  /** The id that stands for the whole store in place of a table's. */
  public static final int WHOLE_STORE = 0;

  private static final int FRAME_SHARE = 2;
  private static final int LARGEST_KIND = 0xFF;

  /* A frame is appended and the map changed under one lock, so a copy of the map holds exactly the
   * frames below some position of the log. A manifest takes such a copy and is written once the log
   * is forced past it; so the redo that follows the manifest's states passes all frames that they
   * hold, and ends with the newest of each job. */

  private final Engine engine;
  private final Lock lock;

  /** Guarded by the lock. */
  private final Map<Job, JobEntry> entries = new LinkedHashMap<>();

  /**
   * Bytes in a manifest of all that is saved or about to be. It is raised before a frame is
   * appended and falls after the map has changed, so who reads 0 knows without the lock that the
   * map holds nothing, and that no frame below the log's end says otherwise.
   */
  private final AtomicLong plannedBytes = new AtomicLong();

  private record Job(int tableId, long jobId) {
    static Job of(JobEntry entry) {
      return new Job(entry.tableId(), entry.jobId());
    }
  }

  JobStates(Engine engine) {
    this.engine = engine;
    this.lock = engine.threads().newLock("jobs");
  }

  /** Returns the largest state in bytes that this store takes. */
  public int maximumStateBytes() {
    int frame = engine.options().log().maximumFrameBytes() / FRAME_SHARE;
    return Math.min(MAXIMUM_STATE_BYTES, frame - Frames.HEADER_BYTES - JobEntry.HEADER_BYTES);
  }

  /**
   * Saves where a job stands, in place of what was saved of it before.
   *
   * @param tableId the table that the job works on, or {@link #WHOLE_STORE}
   * @param jobId tells the jobs of one table apart
   * @param kind what the job does, 0 to 255
   * @param state encoded by the job; an empty one removes what was saved
   * @throws IllegalArgumentException if the kind is out of range
   * @throws OversizedValueException if the state is larger than {@link #maximumStateBytes()}
   * @throws IllegalStateException if {@link #MAXIMUM_JOBS} others have a state
   * @throws io.firn.cold.model.DiskFullException if log or manifests have no room
   * @throws io.firn.cold.model.StoreIoException if the log cannot be written or forced
   * @throws StoreClosedException if the store is closed, or there is no such table
   */
  public void save(int tableId, long jobId, int kind, Octets state) {
    long lsn = append(tableId, jobId, kind, state);
    if (lsn != 0) {
      engine.awaitDurable(lsn);
    }
  }

  /**
   * Saves as {@link #save} does, but does not wait until the state is durable.
   *
   * @return where its frame stands in the log; 0 if there was none to remove
   */
  @CanIgnoreReturnValue
  public long append(int tableId, long jobId, int kind, Octets state) {
    if (kind < 0 || kind > LARGEST_KIND) {
      throw new IllegalArgumentException("job of kind " + kind + ", at most " + LARGEST_KIND);
    }
    if (state.length() > maximumStateBytes()) {
      throw new OversizedValueException(
          "job state of " + state.length() + " bytes, at most " + maximumStateBytes(), null);
    }
    JobEntry entry = new JobEntry(tableId, jobId, kind, state);
    int ticket = engine.writers().enter();
    try {
      engine.checkOpen();
      return isRemoval(entry) ? remove(entry) : plan(entry);
    } finally {
      engine.writers().leave(ticket);
    }
  }

  private long remove(JobEntry entry) {
    return isEmpty() ? 0 : log(entry);
  }

  private static boolean isRemoval(JobEntry entry) {
    return entry.state().length() == 0;
  }

  /** Makes room in the manifests, then saves. */
  private long plan(JobEntry entry) {
    long unusedPlanned = plannedBytes.addAndGet(entry.bytes());
    long lsn = 0;
    try {
      engine.reserve().beforeJob(entry.bytes());
      lsn = log(entry);
      return lsn;
    } finally {
      if (lsn == 0) {
        long unusedLeft = plannedBytes.addAndGet(-entry.bytes());
      }
    }
  }

  private long log(JobEntry entry) {
    FrameWriter frame = new FrameWriter();
    int length = frame.jobState(entry.tableId(), entry.jobId(), entry.kind(), entry.state());
    int reserved = Frames.align8(length);
    engine.log().reserve(reserved); // shortens nothing: that costs frames which removals may need
    lock.lock();
    try {
      check(entry);
      if (isRemoval(entry) && !entries.containsKey(Job.of(entry))) {
        return 0;
      }
      int aligned = reserved;
      reserved = 0;
      long lsn = engine.log().begin(aligned);
      try {
        engine.log().publish(frame, length, lsn);
      } finally {
        engine.log().endAppend();
      }
      set(entry);
      return lsn;
    } finally {
      lock.unlock();
      if (reserved > 0) {
        engine.log().unreserve(reserved);
      }
    }
  }

  private void check(JobEntry entry) {
    if (isUnknown(entry.tableId())) {
      throw new StoreClosedException("there is no table " + entry.tableId(), null);
    }
    if (!isRemoval(entry)
        && entries.size() >= MAXIMUM_JOBS
        && !entries.containsKey(Job.of(entry))) {
      throw new IllegalStateException(entries.size() + " jobs have a state, which is the most");
    }
  }

  private boolean isUnknown(int tableId) {
    return tableId != WHOLE_STORE && engine.table(tableId) == null;
  }

  private void set(JobEntry entry) {
    Job job = Job.of(entry);
    JobEntry before = isRemoval(entry) ? entries.remove(job) : entries.put(job, entry);
    if (before != null) {
      long unusedLeft = plannedBytes.addAndGet(-before.bytes());
    }
  }

  /** Returns the states that are saved now, jobs that began earlier first; immutable. */
  public List<JobEntry> all() {
    if (isEmpty()) {
      return List.of();
    }
    lock.lock();
    try {
      return List.copyOf(entries.values());
    } finally {
      lock.unlock();
    }
  }

  /** Returns what a manifest must hold. */
  List<JobEntry> forManifest() {
    return engine.threads().keeps(Rule.KEEP_JOB_STATES) ? all() : List.of();
  }

  /** Returns the bytes that a manifest must have room for. */
  long plannedBytes() {
    return plannedBytes.get();
  }

  /** Forgets the states of a table that is dropped. */
  void forgetTable(int tableId) {
    forget(tableId, false);
  }

  /** Forgets everything, because newer states may have been lost. */
  void forgetAll() {
    forget(WHOLE_STORE, true);
  }

  private boolean isEmpty() {
    return plannedBytes.get() == 0;
  }

  private void forget(int tableId, boolean all) {
    if (isEmpty()) {
      return;
    }
    lock.lock();
    try {
      for (JobEntry each : new ArrayList<>(entries.values())) {
        if (all || each.tableId() == tableId) {
          set(new JobEntry(each.tableId(), each.jobId(), each.kind(), Octets.EMPTY));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  // Recovery.

  /** Takes the states of a manifest over; redo goes on from there. */
  void restore(List<JobEntry> saved) {
    saved.forEach(this::restore);
  }

  /** Applies a frame; one of a table that is gone does not count. */
  void restore(LogFrame.JobState saved) {
    if (!isUnknown(saved.tableId())) {
      restore(new JobEntry(saved.tableId(), saved.jobId(), saved.kind(), saved.state()));
    }
  }

  private void restore(JobEntry entry) {
    lock.lock();
    try {
      if (!isRemoval(entry)) {
        long unusedPlanned = plannedBytes.addAndGet(entry.bytes());
      }
      set(entry);
    } finally {
      lock.unlock();
    }
  }
}
