// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.DiskFullException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The account of the bytes that a store's files may take. Space is reserved here before a file is
 * created or grows and given back after it is gone, so the sum stays under the limit at every
 * moment. Thread-safe, never blocks.
 */
public final class DiskLedger {
  private final long maximumBytes;
  private final AtomicLong used = new AtomicLong();

  /** Up to where a store goes on that holds more than it may; falls with what it uses. */
  private final AtomicLong overdraft = new AtomicLong();

  private volatile long overdraftSlack;
  private volatile Runnable onRelease = () -> {};

  /** Creates an account with nothing used. */
  public DiskLedger(long maximumBytes) {
    this.maximumBytes = maximumBytes;
  }

  /**
   * Reserves bytes while {@code keepFree} more would still fit.
   *
   * @throws DiskFullException if they do not fit; nothing is reserved then
   */
  public void reserve(long bytes, long keepFree, String what) {
    if (!tryReserve(bytes, keepFree)) {
      throw new DiskFullException(
          what
              + " needs "
              + bytes
              + " bytes; "
              + used.get()
              + " of at most "
              + maximumBytes
              + " are used",
          null);
    }
  }

  /** Reserves bytes while {@code keepFree} more would still fit; tells whether it did. */
  public boolean tryReserve(long bytes, long keepFree) {
    long now = used.get();
    while (now + bytes + keepFree <= Math.max(maximumBytes, overdraft.get())) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  /** Takes bytes that exist already, over the limit if need be. */
  public void adopt(long bytes) {
    used.addAndGet(bytes);
  }

  /**
   * Lets a store that holds more than it may now, because the limit is lower than it was, take so
   * many bytes more than it has, without which nothing could be given back. Whatever is given back
   * counts: the bytes used never rise to where they were, and in the end the limit holds again.
   */
  public void overdraw(long slack) {
    overdraftSlack = slack;
    overdraft.set(used.get() + slack);
  }

  /** Sets what is run whenever bytes were given back, by whoever gives them; must not block. */
  public void onRelease(Runnable action) {
    onRelease = action;
  }

  /** Gives bytes back. */
  public void release(long bytes) {
    long left = used.addAndGet(-bytes);
    if (overdraft.get() > 0) {
      overdraft.accumulateAndGet(left + overdraftSlack, Math::min);
    }
    onRelease.run();
  }

  /** Returns the bytes used, reservations included. */
  public long usedBytes() {
    return used.get();
  }

  /** Returns the limit. */
  public long maximumBytes() {
    return maximumBytes;
  }
}
