// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One simulated thread. Everything but {@link #go} belongs to the task that is running. */
public final class SimTask {
  static final long NO_DEADLINE = Long.MAX_VALUE;

  final SimThreads threads;
  final String name;
  final int id;
  final Runnable body;
  final boolean agent;
  final List<SimTask> joiners = new ArrayList<>();

  /** Position among the runnable tasks, -1 if not runnable. */
  int index = -1;

  long deadline = NO_DEADLINE;
  boolean started;
  boolean done;
  @Nullable Object waitsFor;
  @Nullable Thread thread;
  private volatile boolean go;

  SimTask(SimThreads threads, String name, int id, boolean agent, Runnable body) {
    this.threads = threads;
    this.name = name;
    this.id = id;
    this.agent = agent;
    this.body = body;
  }

  /** Returns the name given at the start. */
  public String name() {
    return name;
  }

  /** Tells whether the task has returned. */
  public boolean isDone() {
    return done;
  }

  /** Waits, as the calling task, until this one has returned. */
  public void join() {
    threads.join(this);
  }

  void resume() {
    go = true;
    LockSupport.unpark(thread);
  }

  void awaitTurn() {
    boolean interrupted = false;
    while (!go) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    go = false;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  void describe(StringBuilder text, boolean running) {
    text.append('\n').append(running ? "* " : "  ").append(name).append(": ");
    text.append(index >= 0 ? "can run" : "waits for " + waitsFor);
    if (deadline != NO_DEADLINE) {
      text.append(" until ").append(deadline);
    }
    SimTrace.appendStack(text, thread);
  }

  @Override
  public String toString() {
    return name;
  }

  /**
   * Returns the last task that was started, after dropping those behind it; null if none is left.
   */
  static @Nullable SimTask nextToUnwind(List<SimTask> tasks) {
    while (!tasks.isEmpty()) {
      SimTask task = tasks.get(tasks.size() - 1);
      if (task.started) {
        return task;
      }
      task.done = true;
      tasks.remove(task);
    }
    return null;
  }
}
