// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import io.firn.cold.ColdTable;
import io.firn.cold.model.StoreClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A cache over both tiers: checks arguments, and hands on to the sides that read, write, compute
 * and demote.
 */
final class TwoTierCache<K, V> implements TieredCache<K, V> {
  private final String name;
  private final ColdTable table;
  private final HotTier<V> hot;
  private final @Nullable DirtyEntries<K, V> dirty;
  private final @Nullable Demotion<K, V> demotion;
  private final Firn owner;
  private final CacheCounters counters;
  private final TierReader<K, V> reader;
  private final TierWriter<K, V> writer;
  private final Computations<K, V> computations;
  private final CacheMap<K, V> map;
  private final Executor executor;
  private volatile boolean closed;

  TwoTierCache(Firn owner, ColdTable table, TieredCacheBuilder<K, V> options) {
    this.owner = owner;
    this.name = options.name();
    this.table = table;
    this.counters = new CacheCounters(table);
    ScratchPool<K, V> pool =
        new ScratchPool<>(name, options.keys(), options.values(), options.valueBytesLimit());
    Loads<V> loads = new Loads<>(Runtime.getRuntime().availableProcessors());
    this.dirty = options.isWriteBack() ? new DirtyEntries<>(owner.time()) : null;
    this.demotion =
        dirty == null
            ? null
            : new Demotion<>(
                table,
                dirty,
                loads,
                pool,
                counters,
                owner.time(),
                options.writeBackDelayNanos(),
                options.dirtyEntriesLimit());
    this.hot = options.hotTier(demotion == null ? key -> {} : demotion::evicted);
    Lifetimes<K, V> lifetimes = new Lifetimes<>(owner.time(), options);
    this.reader = new TierReader<>(table, hot, dirty, pool, counters, lifetimes, options);
    this.writer =
        new TierWriter<>(
            table,
            hot,
            dirty,
            demotion,
            reader,
            pool,
            loads,
            counters,
            owner.time(),
            lifetimes,
            owner.isSync());
    this.computations =
        new Computations<>(name, reader, writer, loads, owner.waits(), counters, this::requireOpen);
    if (options.refreshMillis() != Lifetime.NEVER) {
      reader.tell(
          new Refresher<>(
              options, owner.time(), reader, writer, loads, computations, this::requireOpen));
    }
    if (options.accessMillis() != Lifetime.NEVER) {
      reader.tell(
          new Prolonger<>(
              options, owner.time(), lifetimes, reader, writer, loads, this::requireOpen));
    }
    this.map = new CacheMap<>(this);
    this.executor = options.executor();
    if (demotion != null) {
      demotion.start();
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable V getIfPresent(K key) {
    requireNonNull(key, "key");
    requireOpen();
    V value = reader.find(key);
    if (value == null) {
      counters.misses.increment();
    }
    return value;
  }

  @Override
  public @Nullable V get(K key, Function<? super K, ? extends @Nullable V> loader) {
    requireNonNull(key, "key");
    requireNonNull(loader, "loader");
    requireOpen();
    V value = reader.find(key, loader);
    return value != null ? value : computations.load(key, loader);
  }

  @Override
  public Map<K, V> getAllPresent(Iterable<? extends K> keys) {
    Set<K> wanted = distinct(keys);
    requireOpen();
    Map<K, V> found = reader.findAll(wanted, null);
    counters.misses.add(wanted.size() - found.size());
    return inOrder(wanted, found);
  }

  @Override
  public Map<K, V> getAll(
      Iterable<? extends K> keys, Function<? super Set<K>, ? extends Map<K, V>> loader) {
    Set<K> wanted = distinct(keys);
    requireNonNull(loader, "loader");
    requireOpen();
    Map<K, V> found = reader.findAll(wanted, key -> loader.apply(Set.of(key)).get(key));
    Set<K> missing = new LinkedHashSet<>(wanted);
    missing.removeAll(found.keySet());
    if (!missing.isEmpty()) {
      found.putAll(computations.loadAll(missing, loader));
    }
    return inOrder(wanted, found);
  }

  private Set<K> distinct(Iterable<? extends K> keys) {
    Set<K> distinct = new LinkedHashSet<>();
    requireNonNull(keys, "keys").forEach(key -> distinct.add(requireNonNull(key, "key")));
    return distinct;
  }

  private static <K, V> Map<K, V> inOrder(Set<K> keys, Map<K, V> found) {
    Map<K, V> ordered = new LinkedHashMap<>();
    for (K key : keys) {
      V value = found.get(key);
      if (value != null) {
        ordered.put(key, value);
      }
    }
    return Collections.unmodifiableMap(ordered);
  }

  @Override
  public CompletableFuture<@Nullable V> getIfPresentAsync(K key) {
    requireNonNull(key, "key");
    requireOpen();
    V value = reader.findHot(key, null);
    return value != null
        ? CompletableFuture.completedFuture(value)
        : CompletableFuture.supplyAsync(() -> getIfPresent(key), executor);
  }

  @Override
  public CompletableFuture<@Nullable V> getAsync(
      K key, Function<? super K, ? extends @Nullable V> loader) {
    requireNonNull(key, "key");
    requireNonNull(loader, "loader");
    requireOpen();
    V value = reader.findHot(key, loader);
    return value != null
        ? CompletableFuture.completedFuture(value)
        : CompletableFuture.supplyAsync(() -> get(key, loader), executor);
  }

  @Override
  public CompletableFuture<Map<K, V>> getAllPresentAsync(Iterable<? extends K> keys) {
    Set<K> wanted = distinct(keys);
    requireOpen();
    return CompletableFuture.supplyAsync(() -> getAllPresent(wanted), executor);
  }

  @Override
  public CompletableFuture<Map<K, V>> getAllAsync(
      Iterable<? extends K> keys, Function<? super Set<K>, ? extends Map<K, V>> loader) {
    Set<K> wanted = distinct(keys);
    requireNonNull(loader, "loader");
    requireOpen();
    return CompletableFuture.supplyAsync(() -> getAll(wanted, loader), executor);
  }

  @Override
  public CompletableFuture<@Nullable Void> putAsync(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireOpen();
    return CompletableFuture.runAsync(() -> put(key, value), executor);
  }

  @Override
  public CompletableFuture<@Nullable Void> invalidateAsync(K key) {
    requireNonNull(key, "key");
    requireOpen();
    return CompletableFuture.runAsync(() -> invalidate(key), executor);
  }

  @Override
  public void put(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireOpen();
    writer.put(key, value);
  }

  @Override
  public void put(K key, V value, Duration timeToLive) {
    long lifetimeMillis = Lifetime.millis("timeToLive", timeToLive);
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireOpen();
    writer.put(key, value, lifetimeMillis);
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    List<Map.Entry<K, V>> wanted = new ArrayList<>();
    requireNonNull(entries, "entries")
        .forEach(
            (key, value) ->
                wanted.add(Map.entry(requireNonNull(key, "key"), requireNonNull(value, "value"))));
    requireOpen();
    writer.putAll(wanted);
  }

  @Override
  public void invalidate(K key) {
    requireNonNull(key, "key");
    requireOpen();
    writer.remove(key);
  }

  @Override
  public void invalidateAll(Iterable<? extends K> keysToRemove) {
    List<K> wanted = new ArrayList<>();
    requireNonNull(keysToRemove, "keys").forEach(key -> wanted.add(requireNonNull(key, "key")));
    requireOpen();
    writer.removeAll(wanted);
  }

  @Override
  public void invalidateAll() {
    requireOpen();
    writer.clear();
  }

  @Override
  public ConcurrentMap<K, V> asMap() {
    return map;
  }

  @Override
  public long estimatedSize() {
    requireOpen();
    return dirty == null ? table.size() : dirty.sizeWith(table::size);
  }

  @Override
  public CacheStats stats() {
    requireOpen();
    return counters.snapshot(hot, dirty == null ? 0 : dirty.size());
  }

  @Override
  public void flush() {
    requireOpen();
    owner.flush();
  }

  @Override
  public void close() {
    owner.close(this);
  }

  /** Writes to disk what waits for that. */
  void flushDirty() {
    if (demotion != null) {
      demotion.flush();
    }
  }

  /**
   * Ends the use of this cache; the owner has forgotten it already.
   *
   * @param keep whether to write to disk what waits for that
   */
  void closeTiers(boolean keep) {
    closed = true;
    if (demotion != null) {
      demotion.stop();
      if (keep) {
        demotion.writeLast(name);
      }
    }
    hot.outdate();
    hot.discardOutdated();
  }

  /** Reads a key without counting it, and without a change to the tiers. */
  @Nullable V peek(K key) {
    requireNonNull(key, "key");
    requireOpen();
    return reader.peek(key);
  }

  /** Reads a key as a user does; a miss is counted by what follows. */
  @Nullable V findCounted(K key) {
    requireOpen();
    return reader.find(key);
  }

  /** Changes a key in one step, by its value before. */
  Updated<V> update(K key, Update<V> update) {
    requireNonNull(key, "key");
    requireOpen();
    return computations.update(key, update);
  }

  /** Calls a function that makes a value of a key that is absent, as a load. */
  @Nullable V compute(K key, Function<? super K, ? extends @Nullable V> function) {
    counters.misses.increment();
    return computations.call(key, function);
  }

  /** Returns a walk over all entries. */
  EntryCursor<K, V> entries() {
    requireOpen();
    return new EntryCursor<>(table, reader);
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreClosedException("cache '" + name + "' is closed", null);
    }
  }
}
