// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whose load, over all caches of a store, so that loaders which need each other's
 * keys do not wait in a circle. Thread-safe.
 *
 * <p>A thread enters itself before it looks for a circle, so of the threads that close one together
 * at least one sees it. What a loader does on further threads is not seen.
 */
final class LoadWaits {
  private final ConcurrentMap<Thread, Load<?>> waiting = new ConcurrentHashMap<>();

  /**
   * Waits for the end of a load, unless its owner waits, directly or through others, for a load of
   * the caller.
   *
   * @return false if waiting would never end
   */
  boolean await(Load<?> load) {
    Thread caller = Thread.currentThread();
    waiting.put(caller, load);
    try {
      if (leadsTo(load, caller)) {
        return false;
      }
      load.await();
      return true;
    } finally {
      waiting.remove(caller);
    }
  }

  private boolean leadsTo(Load<?> load, Thread caller) {
    @Nullable Load<?> next = load;
    // Each step is another waiting thread; a longer way than there are threads is a circle of
    // others.
    for (int steps = waiting.size() + 1; next != null && steps > 0; steps--) {
      if (next.owner() == caller) {
        return true;
      }
      next = waiting.get(next.owner());
    }
    return false;
  }
}
