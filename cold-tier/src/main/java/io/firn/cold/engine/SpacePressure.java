// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Threads;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.TimeSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where writers who find no room wait for those who make some, and by which these hear of it. As
 * long as nobody listens there is nothing to wait for, and a writer is refused at once.
 * Thread-safe.
 *
 * <p>A writer waits with nothing that others need: without locks, turns and reservations. Removals
 * and copies of survivors never wait, because they are what makes room; nor do batches, which take
 * room themselves while they are not committed.
 */
public final class SpacePressure {
  /** Hears that a writer lacks space. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Takes notice, on the thread of the writer, which {@link #isLacking} counts already; must
     * return at once and not throw.
     *
     * @return whether there is use in waiting
     */
    boolean lacks(int tableId);

    /** Tells on any thread whether there would be use in waiting, at once and without notice. */
    default boolean helps(int tableId) {
      return true;
    }

    /** Tells on any thread of how many tables records are moved at a time, at most. */
    default int tablesAtOnce() {
      return Integer.MAX_VALUE;
    }
  }

  private final TimeSource time;
  private final long mostNanos;
  private final Lock lock;
  private final Condition released;
  private final AtomicLong releases = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waits = new AtomicLong();
  private final AtomicLong served = new AtomicLong();
  private final Map<Integer, Integer> lacking = new ConcurrentHashMap<>();
  private volatile @Nullable Listener listener;

  SpacePressure(Threads threads, TimeSource time, long mostNanos) {
    this.time = time;
    this.mostNanos = mostNanos;
    this.lock = threads.newLock("space pressure");
    this.released = lock.newCondition();
  }

  /** Sets who makes room, in place of whom there was; null if nobody does any more. */
  public void listen(@Nullable Listener maker) {
    listener = maker;
    released();
  }

  /** Tells whether somebody makes room for a table, for which its writers wait. */
  boolean isMade(int tableId) {
    Listener maker = listener;
    return maker != null && mostNanos > 0 && maker.helps(tableId);
  }

  /** Returns of how many tables records are moved at a time, at most. */
  int tablesAtOnce() {
    Listener maker = listener;
    return maker == null ? Integer.MAX_VALUE : maker.tablesAtOnce();
  }

  /** Returns how often writers have begun to wait since the store was opened. */
  public long waits() {
    return waits.get();
  }

  /** Returns how many writes found room after they had waited. */
  public long served() {
    return served.get();
  }

  /** Returns how many writers wait now. */
  public int waiting() {
    return waiting.get();
  }

  /** Tells whether writers of a table wait now. */
  public boolean isLacking(int tableId) {
    return lacking.containsKey(tableId);
  }

  /** Returns a stamp to take before an attempt, so that no release after it is missed. */
  long stamp() {
    return releases.get();
  }

  /** Notes that pages, files or room in the log became free, or that there is no use in waiting. */
  void released() {
    releases.incrementAndGet();
    if (waiting.get() > 0) {
      lock.lock();
      try {
        released.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Repeats an attempt that found no room whenever some became free.
   *
   * @param bytes what it needs
   * @param stamp the {@link #stamp} of before
   * @throws DiskFullException the latest failure, once there is no use in waiting or no time left
   * @throws io.firn.cold.model.StoreClosedException if the store is closed or the table dropped
   */
  PendingWrite retry(
      Table table,
      long bytes,
      long stamp,
      DiskFullException first,
      Supplier<PendingWrite> attempt) {
    DiskFullException full = first;
    long before = stamp;
    long deadline = time.nanoTime() + mostNanos;
    while (isOwnLimit(full) && await(table, bytes, before, deadline)) {
      before = stamp();
      try {
        PendingWrite result = attempt.get();
        served.incrementAndGet();
        return result;
      } catch (DiskFullException e) {
        full = e;
      }
    }
    throw full;
  }

  /** A full file system heals once others have made room there, which may be never. */
  private static boolean isOwnLimit(DiskFullException full) {
    return full.getCause() == null;
  }

  /** Waits for a release after a stamp; false if there is none in time, or no use in waiting. */
  private boolean await(Table table, long bytes, long before, long deadline) {
    Listener maker = listener;
    if (maker == null || mostNanos <= 0 || !table.couldHold(bytes)) {
      return false;
    }
    waiting.incrementAndGet();
    lacking.merge(table.id(), 1, Integer::sum);
    try {
      if (!maker.lacks(table.id())) {
        return false;
      }
      waits.incrementAndGet();
      sleep(before, deadline);
    } finally {
      lacking.computeIfPresent(table.id(), (id, count) -> count == 1 ? null : count - 1);
      waiting.decrementAndGet();
    }
    table.checkOpen();
    return deadline - time.nanoTime() > 0;
  }

  private void sleep(long before, long deadline) {
    boolean interrupted = false;
    lock.lock();
    try {
      long left = deadline - time.nanoTime();
      while (releases.get() == before && left > 0) {
        try {
          left = Math.min(released.awaitNanos(left), deadline - time.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true; // told to the caller afterwards: the update is worth the wait
          left = deadline - time.nanoTime();
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
