// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.DiskFullException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that the data files of one table take: part of the store's account, and bounded by the
 * table's own limit, if it has one, in the same way. Thread-safe, never blocks.
 */
final class FileAccount {
  private final int tableId;
  private final DiskLedger store;
  private final SpaceJournal journal;
  private final AtomicLong used = new AtomicLong();

  /** The table's limit; {@link Long#MAX_VALUE} if it has none. */
  private volatile long limit = Long.MAX_VALUE;

  FileAccount(int tableId, DiskLedger store, SpaceJournal journal) {
    this.tableId = tableId;
    this.store = store;
    this.journal = journal;
  }

  void limit(long bytes) {
    limit = bytes;
  }

  long limit() {
    return limit;
  }

  long usedBytes() {
    return used.get();
  }

  /**
   * Reserves the bytes of a file.
   *
   * @param survivors whether it is for records that are moved, which may use up what is kept
   * @param kept what those need, in bytes
   */
  boolean tryReserve(long bytes, boolean survivors, long kept) {
    if (!tryAdd(bytes, survivors ? 0 : kept)) {
      return false;
    }
    if (store.tryReserve(bytes, journal.headroomBytes(survivors))) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  private boolean tryAdd(long bytes, long kept) {
    long now = used.get();
    while (bytes + kept <= limit - now) {
      if (used.compareAndSet(now, now + bytes)) {
        return true;
      }
      now = used.get();
    }
    return false;
  }

  /** Returns what is said when a file of so many bytes is refused. */
  DiskFullException refusal(long bytes) {
    long most = limit;
    String used =
        "a data segment of table "
            + tableId
            + " needs "
            + bytes
            + " bytes; "
            + store.usedBytes()
            + " of at most "
            + store.maximumBytes()
            + " are used";
    return new DiskFullException(
        most == Long.MAX_VALUE
            ? used
            : used + ", " + usedBytes() + " of at most " + most + " by the table",
        null);
  }

  /** Tells whether records that are not moved could have so many bytes more. */
  boolean canGrow(long bytes, long kept) {
    long spare = store.maximumBytes() - store.usedBytes() - journal.headroomBytes(false);
    return bytes <= spare && bytes + kept <= limit - used.get();
  }

  /** Takes a file that exists already, over the limits if need be. */
  void adopt(long bytes) {
    used.addAndGet(bytes);
    store.adopt(bytes);
  }

  /** Gives the bytes of a file back. */
  void release(long bytes) {
    used.addAndGet(-bytes);
    store.release(bytes);
  }
}
