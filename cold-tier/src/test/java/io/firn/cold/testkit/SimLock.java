// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A lock of the scheduler. Taking it again by its holder is a failure; waiters may be overtaken.
 */
final class SimLock implements Lock {
  private final SimThreads threads;
  private final String name;
  private final List<SimTask> waiters = new ArrayList<>();
  private @Nullable SimTask owner;

  /** Serves threads outside of a run. */
  private final ReentrantLock plain = new ReentrantLock();

  SimLock(SimThreads threads, String name) {
    this.threads = threads;
    this.name = name;
  }

  @Override
  public void lock() {
    if (threads.inRun()) {
      threads.point(SimTrace.LOCK);
      acquire(SimTask.NO_DEADLINE);
    } else {
      threads.checkAlive();
      plain.lock();
    }
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    if (!threads.inRun()) {
      threads.checkAlive();
      plain.lockInterruptibly();
      return;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock();
  }

  @Override
  public boolean tryLock() {
    if (threads.inRun()) {
      threads.point(SimTrace.LOCK);
      return acquire(Long.MIN_VALUE);
    }
    threads.checkAlive();
    return plain.tryLock();
  }

  @Override
  public boolean tryLock(long amount, TimeUnit unit) throws InterruptedException {
    if (!threads.inRun()) {
      threads.checkAlive();
      return plain.tryLock(amount, unit);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    threads.point(SimTrace.LOCK);
    return acquire(threads.nanoTime() + unit.toNanos(amount));
  }

  @Override
  public void unlock() {
    if (threads.crashed()) {
      if (plain.isHeldByCurrentThread()) {
        plain.unlock();
      }
    } else if (threads.inRun()) {
      requireOwner();
      release();
      threads.point(SimTrace.UNLOCK);
    } else {
      plain.unlock();
    }
  }

  @Override
  public Condition newCondition() {
    return new SimCondition();
  }

  @CanIgnoreReturnValue
  private boolean acquire(long deadline) {
    SimTask self = threads.current();
    if (owner == self) {
      throw new IllegalStateException(name + " is taken again by its holder " + self);
    }
    if (plain.isLocked()) {
      throw new IllegalStateException(name + " is still held by a thread outside the run");
    }
    while (owner != null) {
      if (deadline <= threads.nanoTime()) {
        return false;
      }
      waiters.add(self);
      threads.block(this, deadline);
      waiters.remove(self);
    }
    owner = self;
    return true;
  }

  private void release() {
    owner = null;
    if (!waiters.isEmpty()) {
      threads.wake(waiters.remove(threads.below(waiters.size())));
    }
  }

  private void requireOwner() {
    if (owner != threads.current()) {
      throw new IllegalMonitorStateException(
          name + " is held by " + owner + ", not by " + threads.current());
    }
  }

  @Override
  public String toString() {
    return "lock " + name + (owner == null ? "" : " held by " + owner);
  }

  /** Waits in simulated time; wakes for no reason once in a while, as the contract allows. */
  @SuppressWarnings("WaitNotInLoop") // whoever calls has the loop
  private final class SimCondition implements Condition {
    private static final int SPURIOUS_ODDS = 100;

    private final List<SimTask> waiting = new ArrayList<>();
    private final Condition plainCondition = plain.newCondition();

    @Override
    public void await() throws InterruptedException {
      if (threads.inRun()) {
        refuseInterrupted();
        pause(SimTask.NO_DEADLINE);
      } else {
        plainCondition.await();
      }
    }

    @Override
    public void awaitUninterruptibly() {
      if (threads.inRun()) {
        pause(SimTask.NO_DEADLINE);
      } else {
        plainCondition.awaitUninterruptibly();
      }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      if (!threads.inRun()) {
        return plainCondition.awaitNanos(nanos);
      }
      refuseInterrupted();
      long deadline = threads.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2);
      pause(deadline);
      return deadline - threads.nanoTime();
    }

    @Override
    public boolean await(long amount, TimeUnit unit) throws InterruptedException {
      return awaitNanos(unit.toNanos(amount)) > 0;
    }

    @Override
    public boolean awaitUntil(java.util.Date deadline) {
      throw new UnsupportedOperationException("awaitUntil: intervals are monotonic time");
    }

    @Override
    public void signal() {
      if (!threads.inRun()) {
        plainCondition.signal();
        return;
      }
      threads.checkAlive();
      requireOwner();
      waiting.removeIf(task -> task.index >= 0); // their time is over, the signal is not theirs
      if (!waiting.isEmpty()) {
        threads.wake(waiting.remove(threads.below(waiting.size())));
      }
    }

    @Override
    public void signalAll() {
      if (!threads.inRun()) {
        plainCondition.signalAll();
        return;
      }
      threads.checkAlive();
      requireOwner();
      waiting.forEach(threads::wake);
      waiting.clear();
    }

    private void refuseInterrupted() throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }

    private void pause(long deadline) {
      threads.checkAlive();
      requireOwner();
      threads.point(SimTrace.AWAIT);
      release();
      if (deadline <= threads.nanoTime() || threads.below(SPURIOUS_ODDS) == 0) {
        threads.handOver();
      } else {
        SimTask self = threads.current();
        waiting.add(self);
        threads.block(this, deadline);
        waiting.remove(self);
      }
      acquire(SimTask.NO_DEADLINE);
    }

    @Override
    public String toString() {
      return "condition of " + SimLock.this;
    }
  }
}
