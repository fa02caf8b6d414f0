// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cache.codec.Codec;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Buffers for the calls of one cache. Thread-safe, and bound to no thread, so that any number of
 * virtual threads share a few. Keeps at most {@link #SLOTS}; a call that finds none makes its own.
 */
final class ScratchPool<K, V> {
  private static final int SLOTS = 16;
  private static final int PROBES = 4;

  /* Slots that different threads begin at stand in different cache lines. */
  private static final int STRIDE = 16;

  private final String cache;
  private final Codec<K> keys;
  private final Codec<V> values;
  private final int maximumValueBytes;
  private final AtomicReferenceArray<@Nullable Scratch<K, V>> slots =
      new AtomicReferenceArray<>(SLOTS * STRIDE);

  ScratchPool(String cache, Codec<K> keys, Codec<V> values, int maximumValueBytes) {
    this.cache = cache;
    this.keys = keys;
    this.values = values;
    this.maximumValueBytes = maximumValueBytes;
  }

  Scratch<K, V> take() {
    int first = firstSlot();
    for (int i = 0; i < PROBES; i++) {
      int slot = slot(first + i);
      if (slots.getPlain(slot) != null) {
        Scratch<K, V> scratch = slots.getAndSet(slot, null);
        if (scratch != null) {
          return scratch;
        }
      }
    }
    return new Scratch<>(cache, keys, values, maximumValueBytes);
  }

  void release(Scratch<K, V> scratch) {
    if (!scratch.isWorthKeeping()) {
      return;
    }
    int first = firstSlot();
    for (int i = 0; i < PROBES; i++) {
      int slot = slot(first + i);
      if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, scratch)) {
        return;
      }
    }
  }

  private static int firstSlot() {
    return Long.hashCode(Thread.currentThread().getId() * 0x9E3779B97F4A7C15L);
  }

  private static int slot(int number) {
    return (number & (SLOTS - 1)) * STRIDE;
  }
}
