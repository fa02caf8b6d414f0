// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for sections of a few hundred nanoseconds: it spins briefly before it parks, because
 * parking and waking cost more than the section that is waited for. With one processor it never
 * spins.
 */
final class SpinningLock implements Lock {
  static final int SPINS = 200;

  private final ReentrantLock lock = new ReentrantLock();
  private final String name;
  private final int spins;

  SpinningLock(String name, int processors) {
    this.name = name;
    this.spins = processors > 1 ? SPINS : 0;
  }

  @Override
  public void lock() {
    if (lock.tryLock()) {
      return;
    }
    for (int i = 0; i < spins; i++) {
      if (!lock.isLocked() && lock.tryLock()) {
        return;
      }
      Thread.onSpinWait();
    }
    lock.lock();
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    lock.lockInterruptibly();
  }

  @Override
  public boolean tryLock() {
    return lock.tryLock();
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    return lock.tryLock(time, unit);
  }

  @Override
  public void unlock() {
    lock.unlock();
  }

  @Override
  public Condition newCondition() {
    return lock.newCondition();
  }

  @Override
  public String toString() {
    return name + " " + lock;
  }
}
