// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.Subject;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * What an entry costs in memory: the growth between half of the load and all of it, on the heap
 * after a collection, and in the process's anonymous memory where the system tells.
 */
final class MemoryPhase {
  private final Task task;
  private final Documents documents;

  MemoryPhase(Task task, Documents documents) {
    this.task = task;
    this.documents = documents;
  }

  void run() throws IOException {
    Directories.create(task.store());
    Subject subject = task.kind().create();
    subject.open(task.store(), task.entries());
    PutPhase puts = new PutPhase(subject, documents, 1);
    long half = task.entries() / 2;
    puts.run(0, half);
    long heapAtHalf = Memory.heapBytes();
    long anonymousAtHalf = Memory.anonymousBytes();
    puts.run(half, task.entries());
    long heapAtAll = Memory.heapBytes();
    long anonymousAtAll = Memory.anonymousBytes();
    double added = task.entries() - half;
    Child.figure("heap B/entry", (heapAtAll - heapAtHalf) / added);
    if (anonymousAtHalf > 0) {
      Child.figure("anonymous B/entry", (anonymousAtAll - anonymousAtHalf) / added);
    }
    OptionalLong index = subject.indexBytes();
    if (index.isPresent()) {
      Child.figure("index B/entry", (double) index.getAsLong() / task.entries());
    }
    subject.close();
  }
}
