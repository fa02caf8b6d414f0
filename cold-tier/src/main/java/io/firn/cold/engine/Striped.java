// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Threads;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of scratch objects, striped by thread so that platform and virtual threads alike
 * find one without waiting. What does not fit is left to the collector. Thread-safe.
 */
final class Striped<T> {
  private static final int STRIPES = 64;
  private static final int SPREAD = 16;

  private final AtomicReferenceArray<@Nullable T> pool =
      new AtomicReferenceArray<>(STRIPES * SPREAD);
  private final Threads threads;
  private final Supplier<T> factory;

  Striped(Threads threads, Supplier<T> factory) {
    this.threads = threads;
    this.factory = factory;
  }

  T take() {
    int slot = slot();
    T pooled = pool.get(slot);
    if (pooled != null && pool.compareAndSet(slot, pooled, null)) {
      return pooled;
    }
    return factory.get();
  }

  void give(T scratch) {
    pool.lazySet(slot(), scratch);
  }

  private int slot() {
    return (threads.number() & (STRIPES - 1)) * SPREAD;
  }
}
