// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a cache computes with its user's functions: values that are loaded, and updates that depend
 * on the value before. Thread-safe.
 *
 * <p>Both register in {@link Loads} first, one of them per key at a time, then look, then call the
 * function, and commit only if no write of the key came meanwhile. So writers never wait for a
 * function. A load that was overtaken is not stored; an update begins again.
 */
final class Computations<K, V> {
  private final String name;
  private final TierReader<K, V> reader;
  private final TierWriter<K, V> writer;
  private final Loads<V> loads;
  private final LoadWaits waits;
  private final CacheCounters counters;
  private final Runnable requireOpen;

  Computations(
      String name,
      TierReader<K, V> reader,
      TierWriter<K, V> writer,
      Loads<V> loads,
      LoadWaits waits,
      CacheCounters counters,
      Runnable requireOpen) {
    this.name = name;
    this.reader = reader;
    this.writer = writer;
    this.loads = loads;
    this.waits = waits;
    this.counters = counters;
    this.requireOpen = requireOpen;
  }

  /** Loads a key that was just looked for in vain. */
  @Nullable V load(K key, Function<? super K, ? extends @Nullable V> loader) {
    EncodedKey encoded = reader.encoded(key);
    for (; ; ) {
      Load<V> mine = new Load<>(encoded);
      Load<V> other = loads.begin(mine);
      if (other == null) {
        return loadRegistered(key, loader, mine);
      }
      requireNotMine(other);
      if (!waits.await(other)) {
        counters.misses.increment();
        return call(key, loader);
      }
      V value = mine.sharedFrom(other);
      if (value != null) {
        counters.hotHits.increment();
        return value;
      }
      value = reader.find(key);
      if (value != null) {
        return value;
      }
    }
  }

  /** Loads keys that were just looked for in vain, together; leaves out those without a value. */
  Map<K, V> loadAll(Collection<K> missing, Function<? super Set<K>, ? extends Map<K, V>> loader) {
    return new BulkLoads<>(name, reader, writer, loads, waits, counters, requireOpen, loader)
        .load(missing);
  }

  private @Nullable V loadRegistered(
      K key, Function<? super K, ? extends @Nullable V> loader, Load<V> load) {
    try {
      V present = reader.find(key);
      if (present != null) {
        return present;
      }
      counters.misses.increment();
      V value = call(key, loader);
      if (value != null && fill(key, value, load)) {
        load.share(value);
      }
      return value;
    } finally {
      loads.end(load);
    }
  }

  private boolean fill(K key, V value, Load<V> load) {
    requireOpen.run();
    return writer.fill(key, value, load);
  }

  /** Calls a loader, and counts how that ended. */
  @Nullable V call(K key, Function<? super K, ? extends @Nullable V> loader) {
    boolean returned = false;
    try {
      V value = loader.apply(key);
      returned = true;
      return value;
    } finally {
      (returned ? counters.loads : counters.loadFailures).increment();
    }
  }

  /** Updates a key as one step: no other write of the key comes between the look and the change. */
  Updated<V> update(K key, Update<V> update) {
    EncodedKey encoded = reader.encoded(key);
    for (; ; ) {
      Load<V> mine = new Load<>(encoded);
      Load<V> other = loads.begin(mine);
      if (other == null) {
        Updated<V> updated = updateRegistered(key, update, mine);
        if (updated != null) {
          return updated;
        }
      } else {
        requireNotMine(other);
        if (!waits.await(other)) {
          throw new IllegalStateException(
              "functions that compute values of cache '" + name + "' wait for each other's keys");
        }
      }
    }
  }

  /* Returns null if the update was overtaken. */
  private @Nullable Updated<V> updateRegistered(K key, Update<V> update, Load<V> mine) {
    try {
      V before = reader.peek(key);
      Outcome<V> outcome = update.of(before);
      requireOpen.run();
      return !outcome.writes() || writer.update(key, outcome.value(), mine)
          ? new Updated<>(before, outcome)
          : null;
    } finally {
      loads.end(mine);
    }
  }

  private void requireNotMine(Load<V> other) {
    if (other.owner() == Thread.currentThread()) {
      throw new IllegalStateException(
          "the loader of a key of cache '" + name + "' asks for the key that it is loading");
    }
  }
}
