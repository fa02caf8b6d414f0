// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How much space comes back, and when, without any call that asks for it. */
final class SpacePhase {
  private static final Duration IDLE = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final double BACK = 0.99;
  private static final int OVERWRITES = 2;
  private static final int KEPT_OF = 10;

  private final Task task;
  private final Documents documents;
  private final Subject subject;

  SpacePhase(Task task, Documents documents) {
    this.task = task;
    this.documents = documents;
    this.subject = task.kind().create();
    Directories.create(task.store());
    subject.open(task.store(), task.entries());
  }

  /** Overwrites twice, removes nine entries of ten, waits, and says what the files have then. */
  void shrink() {
    for (int i = 0; i <= OVERWRITES; i++) {
      putAll();
    }
    double full = Directories.bytes(task.store());
    double live = 0;
    for (long n = 0; n < task.entries(); n++) {
      if (n % KEPT_OF == 0) {
        live += documents.key(n).length + documents.value(n).length;
      } else {
        subject.remove(documents.key(n));
      }
    }
    LockSupport.parkNanos(IDLE.toNanos());
    Child.figure("files over live", Directories.bytes(task.store()) / live);
    Child.figure("before MB", full / 1e6);
    Child.figure("live MB", live / 1e6);
    subject.close();
    Child.figure("closed over live", Directories.bytes(task.store()) / live);
  }

  /** Removes everything and says when its space is back. */
  void delete() {
    putAll();
    long before = Directories.bytes(task.store());
    for (long n = 0; n < task.entries(); n++) {
      subject.remove(documents.key(n));
    }
    awaitBack(before, System.nanoTime());
    subject.close();
  }

  /** Lets everything expire and says when its space is back, from the end of the last lifetime. */
  void expire() {
    long start = System.nanoTime();
    for (long n = 0; n < task.entries(); n++) {
      subject.put(documents.key(n), documents.value(n), SteadyPhase.LIFETIME);
    }
    long end = System.nanoTime() + SteadyPhase.LIFETIME.toNanos();
    long before = Directories.bytes(task.store());
    Child.figure("put s", (System.nanoTime() - start) / 1e9);
    awaitBack(before, end);
    subject.close();
  }

  private void putAll() {
    for (long n = 0; n < task.entries(); n++) {
      subject.put(documents.key(n), documents.value(n));
    }
  }

  private void awaitBack(long before, long sinceNanos) {
    double back = 0;
    double after = Double.NaN;
    while (Double.isNaN(after) && System.nanoTime() - sinceNanos < LONGEST.toNanos()) {
      LockSupport.parkNanos(LOOK.toNanos());
      back = 1 - (double) Directories.bytes(task.store()) / before;
      after = back >= BACK ? (System.nanoTime() - sinceNanos) / 1e9 : Double.NaN;
    }
    if (!Double.isNaN(after)) {
      Child.figure("seconds", after);
    }
    Child.figure("back %", 100 * back);
    Child.figure("before MB", before / 1e6);
  }
}
