// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.JobStates;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Octets;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.StoreClosedException;
import io.firn.compaction.CompactionConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;

/**
 * What the compaction keeps in the store, so that it outlives a restart: the settings of tables,
 * and the jobs that somebody asked for. What cannot be kept is not, and everything goes on.
 * Thread-safe.
 */
final class SavedStates {
  /** The kind of a table's settings, of which there is one, number 0. */
  static final int SETTINGS = 1;

  /** The kind of a job that was asked for. */
  static final int JOB = 2;

  private static final Logger LOG = Loggers.of(SavedStates.class);
  private static final long SETTINGS_ID = 0;

  private final StoreSpace space;
  private final JobStates states;

  /**
   * What an earlier life of the store has left. Immutable.
   *
   * @param settings of tables, by id
   * @param jobs that had not ended, in the order in which they were asked for
   */
  record Restored(Map<Integer, CompactionConfig> settings, List<SavedJob> jobs) {
    static final Restored NOTHING = new Restored(Map.of(), List.of());

    /** Copies the collections. */
    Restored {
      settings = Map.copyOf(settings);
      jobs = List.copyOf(jobs);
    }

    /** Returns a number above those of all jobs. */
    long nextJobId() {
      return 1 + jobs.stream().mapToLong(SavedJob::jobId).max().orElse(0);
    }
  }

  SavedStates(StoreSpace space) {
    this.space = space;
    this.states = space.jobs();
  }

  /** Reads what was kept; what cannot be read is dropped, and what others keep is left alone. */
  Restored load() {
    Map<Integer, CompactionConfig> settings = new HashMap<>();
    List<SavedJob> jobs = new ArrayList<>();
    for (JobEntry entry : states.all()) {
      try {
        switch (entry.kind()) {
          case SETTINGS -> settings.put(entry.tableId(), CompactionConfig.decode(bytes(entry)));
          case JOB -> jobs.add(SavedJob.decode(entry));
          default -> {}
        }
      } catch (FirnException e) {
        LOG.warn("what compaction kept of table {} is dropped: {}", entry.tableId(), e.toString());
        forget(entry.tableId(), entry.jobId(), entry.kind());
      }
    }
    jobs.sort((a, b) -> Long.compare(a.jobId(), b.jobId()));
    return new Restored(settings, jobs);
  }

  private static byte[] bytes(JobEntry entry) {
    return entry.state().toArray();
  }

  /** Keeps the settings of a table, which are as durable on return as a value that was put. */
  void save(int tableId, String cache, CompactionConfig config) {
    try {
      states.save(tableId, SETTINGS_ID, SETTINGS, Octets.of(config.encode()));
    } catch (FirnException | IllegalStateException e) {
      LOG.warn(
          "the settings of compaction of {} hold until the store is closed, and are not kept: {}",
          cache,
          e.toString());
    }
  }

  /** Keeps a job that was asked for, or is taken up again. */
  void begin(Job job, int attempts) {
    if (!trySave(job, job.segments(), attempts)) {
      LOG.warn("compaction job {} of {} would not outlive a restart", job.id(), job.cache());
    }
  }

  /** Keeps which segments are left of a job; if that fails, what is kept does as well. */
  void advance(Job job, List<Integer> left) {
    boolean unused = trySave(job, left, 0);
  }

  private boolean trySave(Job job, List<Integer> left, int attempts) {
    Table table = space.table(job.tableId());
    if (table == null) {
      return true; // nothing of it shall outlive anything
    }
    try {
      Octets state = SavedJob.of(job, table, left, attempts).encode(states.maximumStateBytes());
      states.append(table.id(), job.id(), JOB, state);
      return true;
    } catch (FirnException | IllegalStateException e) {
      LOG.debug("compaction job {} of {} is not kept", job.id(), job.cache(), e);
      return false;
    }
  }

  /** Drops a job that has ended. */
  void end(Job job) {
    if (job.isAsked()) {
      forget(job.tableId(), job.id(), JOB);
    }
  }

  private void forget(int tableId, long jobId, int kind) {
    try {
      states.append(tableId, jobId, kind, Octets.EMPTY);
    } catch (StoreClosedException e) {
      LOG.debug("nothing is left of table {}", tableId, e);
    } catch (FirnException e) {
      LOG.warn("what compaction kept of table {} stays: {}", tableId, e.toString());
    }
  }
}
