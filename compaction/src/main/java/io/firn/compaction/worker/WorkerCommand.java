// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

/** Everything a compaction worker can be told. Immutable. */
sealed interface WorkerCommand {
  /** Calls the handler's method for this command. */
  void deliverTo(Handler handler);

  /** Runs a job; the worker must be idle. */
  record Run(Job job) implements WorkerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onRun(this);
    }
  }

  /** Gives a job up, if it is the running one. */
  record Cancel(long jobId) implements WorkerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onCancel(this);
    }
  }

  /** Lets a job give way, if it is the running one, as soon as its turn was of use. */
  record Yield(long jobId) implements WorkerCommand {
    @Override
    public void deliverTo(Handler handler) {
      handler.onYield(this);
    }
  }

  /** Takes each command. */
  interface Handler {
    /** Takes a {@link Run}. */
    void onRun(Run command);

    /** Takes a {@link Cancel}. */
    void onCancel(Cancel command);

    /** Takes a {@link Yield}. */
    void onYield(Yield command);
  }
}
