// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.jspecify.annotations.Nullable;

/** One call of a loader that is under way, as its key's other callers see it. */
final class Load<V> implements ForkJoinPool.ManagedBlocker {
  private final EncodedKey key;
  private final Thread owner = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Guarded by the key's stripe of {@link Loads}. */
  private boolean overtaken;

  /** Guarded likewise. */
  private @Nullable Runnable afterwards;

  /** Used by the owner only. */
  private boolean sharing;

  private volatile @Nullable V result;

  Load(EncodedKey key) {
    this.key = key;
  }

  EncodedKey key() {
    return key;
  }

  Thread owner() {
    return owner;
  }

  /** Notes that the key was written or removed: the loaded value may be older than that. */
  void overtake() {
    overtaken = true;
  }

  boolean isOvertaken() {
    return overtaken;
  }

  /** Notes what has to run when this load has ended. One only: there is one that may need it. */
  void afterwards(Runnable task) {
    afterwards = task;
  }

  @Nullable Runnable afterwards() {
    return afterwards;
  }

  /** Lets the owner of this load, which was not registered, have the value of the one that was. */
  void mayShare() {
    sharing = true;
  }

  /** Returns the value of {@code registered}, or null if the owner has to look again. */
  @Nullable V sharedFrom(Load<V> registered) {
    return sharing ? registered.result : null;
  }

  /** Offers the loaded value to those who wait; only for one that was not overtaken. */
  void share(V value) {
    result = value;
  }

  void end() {
    ended.countDown();
  }

  /**
   * Waits for the end, however often the caller is interrupted; it keeps its flag. A pool of
   * threads may start another one meanwhile, since the loader may need one.
   */
  void await() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          ForkJoinPool.managedBlock(this);
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean block() throws InterruptedException {
    ended.await();
    return true;
  }

  @Override
  public boolean isReleasable() {
    return ended.getCount() == 0;
  }
}
