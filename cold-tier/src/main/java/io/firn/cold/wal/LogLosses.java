// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import io.firn.cold.model.StoreIoException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a log may have lost after writes or forces of it failed. Thread-safe. */
public final class LogLosses {
  /* After a write or a force of a segment has failed, nothing is known of what the device has of the
   * frames above the last force. The log takes no more frames until it goes on in another segment,
   * whose header says where the history of the failed one ended. A process crash still finds all of
   * it in the page cache; what a power failure finds is settled by snapshots at or above the base of
   * the new segment. Until a manifest names those, nothing above the last force is durable, no mark
   * may be written, and no manifest may name a snapshot that needs the log in between. */

  private final AtomicLong brokenBelowLsn = new AtomicLong();
  private volatile long bridgedLsn;
  private volatile @Nullable IOException failure;
  private volatile Runnable trouble = () -> {};

  LogLosses() {}

  /** Sets what to call, from any thread and under any lock, when the log has failed. */
  public void onTrouble(Runnable signal) {
    trouble = signal;
  }

  /** Returns why the log takes no frames now, or null while it does. */
  public @Nullable IOException failure() {
    return failure;
  }

  /** Returns the LSN below which frames may be of no use; 0 if all are. */
  public long brokenBelowLsn() {
    return brokenBelowLsn.get();
  }

  /** Tells whether frames may be lost that no manifest makes good for. */
  public boolean isOpen() {
    return failure != null || brokenBelowLsn.get() > bridgedLsn;
  }

  /** Notes that the manifest that counts needs no log below an LSN. One thread at a time. */
  public void bridged(long neededLsn) {
    bridgedLsn = Math.max(bridgedLsn, neededLsn);
  }

  /**
   * Notes that frames below an LSN, above the last mark, are of no use after a power failure: they
   * are lost, or bytes that they refer to.
   */
  public void breakBelow(long lsn) {
    long unused = brokenBelowLsn.accumulateAndGet(lsn, Math::max);
  }

  /** Notes a failure: the log takes no more frames in its present segment. */
  StoreIoException failed(IOException e) {
    failure = e;
    trouble.run();
    return new StoreIoException("the log cannot be written: " + e.getMessage(), e);
  }

  /** Notes that the log goes on at an LSN. */
  void goesOn(long baseLsn) {
    breakBelow(baseLsn);
    failure = null;
  }

  void checkNotFailed() {
    IOException e = failure;
    if (e != null) {
      throw new StoreIoException("the log has failed: " + e.getMessage(), e);
    }
  }
}
