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
    while (now + bytes + keepFree <= maximumBytes) {
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

  /** Sets what is run whenever bytes were given back, by whoever gives them; must not block. */
  public void onRelease(Runnable action) {
    onRelease = action;
  }

  /** Gives bytes back. */
  public void release(long bytes) {
    used.addAndGet(-bytes);
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
