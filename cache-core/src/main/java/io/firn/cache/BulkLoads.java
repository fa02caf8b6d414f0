// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Loads many keys with one call of a loader. For one call, by one thread.
 *
 * <p>All keys that nobody else loads are registered, loaded together and ended, before the loads of
 * others are waited for: nobody waits while others wait for him, so no order of keys is needed.
 */
final class BulkLoads<K, V> {
  private final TierReader<K, V> reader;
  private final TierWriter<K, V> writer;
  private final Loads<V> loads;
  private final LoadWaits waits;
  private final CacheCounters counters;
  private final Runnable requireOpen;
  private final Function<? super Set<K>, ? extends Map<K, V>> loader;
  private final String name;
  private final Map<K, V> found = new HashMap<>();

  /** A load of somebody else, and the caller's own, not registered, that may share its value. */
  private record Other<K, V>(K key, Load<V> mine, Load<V> registered) {}

  BulkLoads(
      String name,
      TierReader<K, V> reader,
      TierWriter<K, V> writer,
      Loads<V> loads,
      LoadWaits waits,
      CacheCounters counters,
      Runnable requireOpen,
      Function<? super Set<K>, ? extends Map<K, V>> loader) {
    this.name = name;
    this.reader = reader;
    this.writer = writer;
    this.loads = loads;
    this.waits = waits;
    this.counters = counters;
    this.requireOpen = requireOpen;
    this.loader = loader;
  }

  /**
   * Returns the values of keys that were just looked for in vain; those without one are left out.
   */
  Map<K, V> load(Collection<K> missing) {
    Set<K> left = new LinkedHashSet<>(missing);
    while (!left.isEmpty()) {
      List<Other<K, V>> others = loadMine(left);
      left = new LinkedHashSet<>();
      for (Other<K, V> other : others) {
        awaitOther(other, left);
      }
    }
    return found;
  }

  /* Loads what nobody else does; returns the rest. */
  private List<Other<K, V>> loadMine(Set<K> keys) {
    Map<K, Load<V>> mine = new HashMap<>();
    Set<Load<V>> registered = new HashSet<>();
    List<Other<K, V>> others = new ArrayList<>();
    try {
      for (K key : keys) {
        Load<V> load = new Load<>(reader.encoded(key));
        Load<V> other = loads.begin(load);
        if (other == null) {
          registered.add(load);
          mine.put(key, load);
        } else if (other.owner() == Thread.currentThread() && !registered.contains(other)) {
          throw new IllegalStateException(
              "the loader of a key of cache '" + name + "' asks for the key that it is loading");
        } else {
          others.add(new Other<>(key, load, other));
        }
      }
      loadRegistered(mine);
    } finally {
      registered.forEach(loads::end);
    }
    return others;
  }

  private void loadRegistered(Map<K, Load<V>> mine) {
    Set<K> wanted = new LinkedHashSet<>();
    for (K key : mine.keySet()) {
      V present = reader.find(key);
      if (present != null) {
        found.put(key, present);
      } else {
        counters.misses.increment();
        wanted.add(key);
      }
    }
    if (wanted.isEmpty()) {
      return;
    }
    Map<K, V> loaded = call(wanted);
    requireOpen.run();
    for (Map.Entry<K, V> entry : loaded.entrySet()) {
      K key = requireNonNull(entry.getKey(), "a key that the loader returned");
      V value = entry.getValue();
      Load<V> load = wanted.contains(key) ? mine.get(key) : null;
      if (value != null && load != null) {
        found.put(key, value);
        if (writer.fill(key, value, load)) {
          load.share(value);
        }
      } else if (value != null && !mine.containsKey(key)) {
        fillUnasked(key, value);
      }
    }
  }

  /* What the loader returns beyond what it was asked for is kept, unless it is here or under way. */
  private void fillUnasked(K key, V value) {
    Load<V> load = new Load<>(reader.encoded(key));
    if (loads.begin(load) != null) {
      return;
    }
    try {
      if (reader.peek(key) == null && writer.fill(key, value, load)) {
        load.share(value);
      }
    } finally {
      loads.end(load);
    }
  }

  private void awaitOther(Other<K, V> other, Set<K> left) {
    if (!isEnded(other.registered()) && !waits.await(other.registered())) {
      counters.misses.increment();
      V value = call(Set.of(other.key())).get(other.key());
      if (value != null) {
        found.put(other.key(), value);
      }
      return;
    }
    V value = other.mine().sharedFrom(other.registered());
    if (value != null) {
      counters.hotHits.increment();
    } else {
      value = reader.find(other.key());
    }
    if (value == null) {
      left.add(other.key());
    } else {
      found.put(other.key(), value);
    }
  }

  /* A load of this call, for a key that encodes alike, has ended. */
  private static boolean isEnded(Load<?> load) {
    return load.owner() == Thread.currentThread();
  }

  private Map<K, V> call(Set<K> keys) {
    Map<K, V> loaded = null;
    try {
      loaded = loader.apply(keys);
      return requireNonNull(loaded, "what the loader returned");
    } finally {
      (loaded != null ? counters.loads : counters.loadFailures).increment();
    }
  }
}
