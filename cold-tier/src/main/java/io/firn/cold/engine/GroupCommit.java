// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Threads;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;

/**
 * Lets one of the callers that need the log to be durable force it, while the others wait for that
 * force together; then one of those whom it did not cover goes next. Were they to queue for the
 * turn to force instead, newcomers would force for themselves between any two of them, and who came
 * first would wait longest. Thread-safe.
 */
final class GroupCommit {
  private final LongSupplier durableLsn;
  private final Lock lock;
  private final Condition ended;
  private boolean leading;

  GroupCommit(Threads threads, LongSupplier durableLsn) {
    this.durableLsn = durableLsn;
    this.lock = threads.newLock("group commit");
    this.ended = lock.newCondition();
  }

  /**
   * Returns once every frame below an LSN is durable.
   *
   * @param force makes it so, or throws; run by one caller at a time, without locks
   */
  void await(long lsn, Runnable force) {
    while (durableLsn.getAsLong() < lsn) {
      if (leads(lsn)) {
        try {
          force.run();
        } finally {
          end();
        }
      }
    }
  }

  /** Waits while another caller forces; tells whether it is this one's turn. */
  private boolean leads(long lsn) {
    lock.lock();
    try {
      while (leading && durableLsn.getAsLong() < lsn) {
        ended.awaitUninterruptibly();
      }
      boolean leads = !leading && durableLsn.getAsLong() < lsn;
      leading |= leads;
      return leads;
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      leading = false;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
