// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The tasks that can run, in an order that only earlier choices decide; every operation is O(1).
 */
final class SimReadyList {
  private final List<SimTask> tasks = new ArrayList<>();

  int size() {
    return tasks.size();
  }

  boolean isEmpty() {
    return tasks.isEmpty();
  }

  void add(SimTask task) {
    task.index = tasks.size();
    tasks.add(task);
  }

  /** Adds a task that waits; any other stays as it is. */
  void wake(SimTask task) {
    if (task.index < 0 && !task.done) {
      task.deadline = SimTask.NO_DEADLINE;
      add(task);
    }
  }

  void remove(SimTask task) {
    SimTask last = tasks.remove(tasks.size() - 1);
    if (last != task) {
      tasks.set(task.index, last);
      last.index = task.index;
    }
    task.index = -1;
  }

  SimTask any(SplittableRandom random) {
    return tasks.get(random.nextInt(tasks.size()));
  }

  SimTask another(SimTask self, SplittableRandom random) {
    SimTask task = tasks.get(random.nextInt(tasks.size() - 1));
    return task == self ? tasks.get(tasks.size() - 1) : task;
  }
}
