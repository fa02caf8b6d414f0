// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;

/** Everything the compaction scheduler can be told. Immutable. */
sealed interface SchedulerCommand {
  /** Calls the handler's method for this command. */
  void deliverTo(Handler handler);

  /** Compacts the files of a table now. */
  record Compact(long jobId, int tableId, CompactionOptions options) implements SchedulerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onCompact(this);
    }
  }

  /** Removes what has expired in a table now. */
  record Purge(long jobId, int tableId) implements SchedulerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onPurge(this);
    }
  }

  /** Gives a job up, whether it waits or runs. */
  record Cancel(long jobId) implements SchedulerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onCancel(this);
    }
  }

  /** Stops the background work, or lets it go on; jobs asked for by hand run either way. */
  record Pause(boolean paused) implements SchedulerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onPause(this);
    }
  }

  /** Changes the settings of a table. */
  record Configure(int tableId, CompactionConfig config) implements SchedulerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onConfigure(this);
    }
  }

  /** A worker tells of its job. */
  record Report(JobReport report) implements SchedulerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onReport(this);
    }
  }

  /** Takes each command. */
  interface Handler {
    /** Takes a {@link Compact}. */
    void onCompact(Compact command);

    /** Takes a {@link Purge}. */
    void onPurge(Purge command);

    /** Takes a {@link Cancel}. */
    void onCancel(Cancel command);

    /** Takes a {@link Pause}. */
    void onPause(Pause command);

    /** Takes a {@link Configure}. */
    void onConfigure(Configure command);

    /** Takes a {@link Report}. */
    void onReport(Report command);
  }
}
