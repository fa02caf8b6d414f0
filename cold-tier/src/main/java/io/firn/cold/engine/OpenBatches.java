// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Threads;
import io.firn.cold.format.LogFrame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;

/**
 * The batches whose frames redo may have to look at: those under way, and those whose commit a
 * snapshot may not hold yet although their first frame is older than the snapshot. Thread-safe.
 */
final class OpenBatches {
  /* A snapshot at LSN s holds a batch if its commit is below s; so a commit at or above s is replayed,
   * and with it frames that may stand below s. Who writes a manifest asks how far back that reaches.
   *
   * The list of committed batches is bounded: when it is full, neighbours are merged, which keeps more
   * of the log than is needed and never less. */

  private static final int MAXIMUM_COMMITTED = 1024;

  private final LongSupplier endLsn;
  private final Lock lock;
  private final Map<Long, Open> open = new LinkedHashMap<>();
  private Deque<Reach> committed = new ArrayDeque<>();
  private long nextId;

  /** A batch under way. */
  private static final class Open {
    final long firstLsn;
    final long deadlineNanos;
    boolean committing;

    Open(long firstLsn, long deadlineNanos) {
      this.firstLsn = firstLsn;
      this.deadlineNanos = deadlineNanos;
    }
  }

  /** A batch that is complete: from its first frame to its commit. */
  private record Reach(long firstLsn, long commitLsn) {}

  /** Creates a register without batches; {@code endLsn} is the end of the log. */
  OpenBatches(LongSupplier endLsn, Threads threads) {
    this.endLsn = endLsn;
    this.lock = threads.newLock("open batches");
  }

  /**
   * Begins this life.
   *
   * @param firstId above every id of an earlier life; the LSN of this life's first frame is,
   *     because a batch has more bytes in the log than ids
   */
  void start(long firstId) {
    lock.lock();
    try {
      nextId = Math.max(nextId, firstId);
    } finally {
      lock.unlock();
    }
  }

  /** Notes a batch that recovery found in the log. */
  void restore(long firstLsn, long commitLsn) {
    lock.lock();
    try {
      remember(new Reach(firstLsn, commitLsn));
    } finally {
      lock.unlock();
    }
  }

  /** Registers a batch before its first frame; returns its id. */
  long open(long deadlineNanos) {
    lock.lock();
    try {
      long id = nextId++;
      open.put(id, new Open(endLsn.getAsLong(), deadlineNanos));
      return id;
    } finally {
      lock.unlock();
    }
  }

  /** Tells whether a batch may still be committed; from then on it cannot be given up any more. */
  boolean beginCommit(long id) {
    lock.lock();
    try {
      Open batch = open.get(id);
      if (batch == null) {
        return false;
      }
      batch.committing = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a batch is complete; before the locks of its partitions are given back. */
  void committed(long id, long commitLsn) {
    lock.lock();
    try {
      Open batch = open.remove(id);
      if (batch != null) {
        remember(new Reach(batch.firstLsn, commitLsn));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a batch will not be committed. */
  void abandoned(long id) {
    lock.lock();
    try {
      Open unused = open.remove(id);
    } finally {
      lock.unlock();
    }
  }

  private void remember(Reach batch) {
    committed.add(batch);
    if (committed.size() <= MAXIMUM_COMMITTED) {
      return;
    }
    Deque<Reach> merged = new ArrayDeque<>();
    while (!committed.isEmpty()) {
      Reach first = committed.remove();
      Reach second = committed.isEmpty() ? first : committed.remove();
      merged.add(
          new Reach(
              Math.min(first.firstLsn, second.firstLsn),
              Math.max(first.commitLsn, second.commitLsn)));
    }
    committed = merged;
  }

  /**
   * Returns where redo must start if it must start at an LSN for the snapshots. Gives up batches
   * that are open for too long, so that none keeps the log for ever.
   */
  long redoLsn(long snapshotsLsn, long nowNanos) {
    long lsn = snapshotsLsn;
    lock.lock();
    try {
      boolean unused =
          open.values().removeIf(each -> !each.committing && nowNanos - each.deadlineNanos > 0);
      for (Open each : open.values()) {
        lsn = Math.min(lsn, each.firstLsn);
      }
      for (Reach each : committed) {
        if (each.commitLsn >= snapshotsLsn) {
          lsn = Math.min(lsn, each.firstLsn);
        }
      }
    } finally {
      lock.unlock();
    }
    return lsn;
  }

  /** Gives up all batches whose commit has not begun; tells whether there was one. */
  boolean giveUpOpen() {
    lock.lock();
    try {
      return open.values().removeIf(each -> !each.committing);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the batches that no snapshot from an LSN on lacks. */
  void forget(long snapshotsLsn) {
    lock.lock();
    try {
      boolean unused = committed.removeIf(each -> each.commitLsn < snapshotsLsn);
    } finally {
      lock.unlock();
    }
  }

  /** Returns some of the batches under way. */
  List<LogFrame.OpenBatch> latest(int most) {
    List<LogFrame.OpenBatch> batches = new ArrayList<>();
    lock.lock();
    try {
      open.forEach(
          (id, batch) -> {
            if (batches.size() < most) {
              batches.add(new LogFrame.OpenBatch(id, batch.firstLsn));
            }
          });
    } finally {
      lock.unlock();
    }
    return batches;
  }
}
