// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;


import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One call of a loader that is under way, as its key's other callers see it. */
final class Load<V> {
  private final EncodedKey key;
  private final Thread owner = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Guarded by the key's stripe of {@link Loads}. */
  private boolean overtaken;

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

  /** Offers the loaded value to those who wait; only for one that was not overtaken. */
  void share(V value) {
    result = value;
  }

  void end() {
    ended.countDown();
  }

  /** Waits for the end, however often the caller is interrupted; it keeps its flag. */
  void await() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          ended.await();
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

  /** Returns the value for those who waited, or null if each has to look again. */
  @Nullable V result() {
    return result;
  }
}
