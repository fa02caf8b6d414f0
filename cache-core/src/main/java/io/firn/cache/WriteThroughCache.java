// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import io.firn.cold.ColdTable;
import io.firn.cold.ColdWrite;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.TimeSource;
import io.firn.cold.model.WriteTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cache whose puts write both tiers.
 *
 * <p>Everything that may wait, fail or call foreign code (encoding, weighing, reserving room on
 * disk, waiting for durability, loading) happens outside the hot tier's per-key step. Inside it the
 * cold tier is committed and the hot value set. Lock order: key of the hot tier, stripe of {@link
 * Loads}, the locks of the cold tier.
 *
 * <p>Loaded values are fills: they do not wait for durability and never fail for lack of room.
 */
final class WriteThroughCache<K, V> implements TieredCache<K, V> {
  private final String name;
  private final ColdTable table;
  private final HotTier<V> hot;
  private final boolean keysAsTheyAre;
  private final Weigher<? super K, ? super V> weigher;
  private final ScratchPool<K, V> pool;
  private final Loads<V> loads;
  private final LoadWaits waits;
  private final TimeSource time;
  private final long lifetimeMillis;
  private final boolean sync;
  private final Firn owner;
  private final CacheCounters counters;
  private volatile boolean closed;

  WriteThroughCache(Firn owner, ColdTable table, HotTier<V> hot, TieredCacheBuilder<K, V> options) {
    this.owner = owner;
    this.name = options.name();
    this.table = table;
    this.hot = hot;
    this.keysAsTheyAre = options.keys().equalsMatchesBytes();
    this.weigher = options.weigher();
    this.pool =
        new ScratchPool<>(name, options.keys(), options.values(), options.valueBytesLimit());
    this.loads = new Loads<>(Runtime.getRuntime().availableProcessors());
    this.waits = owner.waits();
    this.time = owner.time();
    this.lifetimeMillis = options.lifetimeMillis();
    this.sync = owner.isSync();
    this.counters = new CacheCounters(table);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable V getIfPresent(K key) {
    requireNonNull(key, "key");
    requireOpen();
    V value = find(key);
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
    V value = find(key);
    return value != null ? value : load(key, loader);
  }

  @Override
  public void put(K key, V value) {
    put(key, value, lifetimeMillis);
  }

  @Override
  public void put(K key, V value, Duration timeToLive) {
    put(key, value, Lifetime.millis("timeToLive", timeToLive));
  }

  private void put(K key, V value, long lifetime) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireOpen();
    int weight = weigh(key, value);
    Scratch<K, V> scratch = pool.take();
    try {
      scratch.encodeKey(key);
      scratch.encodeValue(value);
      long hash = hash(scratch);
      write(hotKey(key, scratch, hash), value, expiry(lifetime), weight, scratch, hash);
    } finally {
      pool.release(scratch);
    }
  }

  private void write(
      Object hotKey, V value, long expiresAt, int weight, Scratch<K, V> scratch, long hash) {
    ColdWrite prepared;
    try {
      prepared = preparePut(scratch, hash, expiresAt);
    } catch (DiskFullException | WriteTimeoutException | StoreIoException e) {
      shedPut(hotKey, value, expiresAt, weight, scratch, hash, e);
      return;
    }
    try (ColdWrite write = prepared) {
      hot.apply(hotKey, value, expiresAt, weight, () -> commit(scratch, hash, write));
      write.awaitDurable();
    }
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    List<Map.Entry<K, V>> wanted = new ArrayList<>();
    requireNonNull(entries, "entries")
        .forEach(
            (key, value) ->
                wanted.add(Map.entry(requireNonNull(key, "key"), requireNonNull(value, "value"))));
    requireOpen();
    Scratch<K, V> scratch = pool.take();
    try (BatchWrite<K, V> batch = batch(expiry(lifetimeMillis))) {
      for (Map.Entry<K, V> entry : wanted) {
        int weight = weigh(entry.getKey(), entry.getValue());
        scratch.encodeKey(entry.getKey());
        scratch.encodeValue(entry.getValue());
        long hash = hash(scratch);
        batch.put(
            scratch.copyKey(hash),
            hotKey(entry.getKey(), scratch, hash),
            entry.getValue(),
            weight,
            scratch);
      }
      batch.write();
    } finally {
      pool.release(scratch);
    }
  }

  private BatchWrite<K, V> batch(long expiresAt) {
    return new BatchWrite<>(table, hot, loads, expiresAt);
  }

  /* The older version must go, or it would come back when the new one has left the hot tier. */
  private void shedPut(
      Object hotKey,
      V value,
      long expiresAt,
      int weight,
      Scratch<K, V> scratch,
      long hash,
      FirnException cause) {
    try (ColdWrite removal = prepareRemove(scratch, hash)) {
      hot.apply(
          hotKey, sync ? null : value, expiresAt, weight, () -> commit(scratch, hash, removal));
      removal.awaitDurable();
    }
    counters.shed.increment();
    if (sync) {
      throw cause;
    }
  }

  @Override
  public void invalidate(K key) {
    requireNonNull(key, "key");
    requireOpen();
    Scratch<K, V> scratch = pool.take();
    try {
      scratch.encodeKey(key);
      long hash = hash(scratch);
      Object hotKey = hotKey(key, scratch, hash);
      try (ColdWrite removal = prepareRemove(scratch, hash)) {
        hot.apply(hotKey, null, Lifetime.NEVER, 0, () -> commit(scratch, hash, removal));
        removal.awaitDurable();
      }
    } finally {
      pool.release(scratch);
    }
  }

  @Override
  public void invalidateAll(Iterable<? extends K> keysToRemove) {
    List<K> wanted = new ArrayList<>();
    requireNonNull(keysToRemove, "keys").forEach(key -> wanted.add(requireNonNull(key, "key")));
    requireOpen();
    int next = 0;
    while (next < wanted.size()) {
      next = removeBatch(wanted, next);
    }
  }

  /* Removes as many keys as fit a batch; returns the index of the next one. */
  private int removeBatch(List<K> wanted, int from) {
    Scratch<K, V> scratch = pool.take();
    try (BatchWrite<K, V> batch = batch(Lifetime.NEVER)) {
      int at = from;
      while (at < wanted.size()) {
        scratch.encodeKey(wanted.get(at));
        if (at > from && !batch.hasRoom(scratch.keyLength())) {
          break;
        }
        long hash = hash(scratch);
        batch.remove(scratch.copyKey(hash), hotKey(wanted.get(at), scratch, hash), scratch);
        at++;
      }
      batch.write();
      return at;
    } finally {
      pool.release(scratch);
    }
  }

  @Override
  public void invalidateAll() {
    requireOpen();
    loads.overtakeAll();
    table.clear();
    hot.clear();
  }

  @Override
  public long estimatedSize() {
    requireOpen();
    return table.size();
  }

  @Override
  public CacheStats stats() {
    requireOpen();
    return counters.snapshot(hot);
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

  /** Ends the use of this cache; the owner has forgotten it already. */
  void closeTiers() {
    closed = true;
    hot.clear();
  }

  private @Nullable V find(K key) {
    if (keysAsTheyAre) {
      V value = findHot(key);
      return value != null ? value : findEncoded(key);
    }
    return findEncoded(key);
  }

  private @Nullable V findEncoded(K key) {
    Scratch<K, V> scratch = pool.take();
    try {
      scratch.encodeKey(key);
      long hash = hash(scratch);
      Object hotKey = hotKey(key, scratch, hash);
      if (!keysAsTheyAre) {
        V value = findHot(hotKey);
        if (value != null) {
          return value;
        }
      }
      return findCold(key, hotKey, scratch, hash);
    } finally {
      pool.release(scratch);
    }
  }

  private @Nullable V findHot(Object hotKey) {
    V value = hot.get(hotKey);
    if (value != null) {
      counters.hotHits.increment();
    }
    return value;
  }

  private @Nullable V findCold(K key, Object hotKey, Scratch<K, V> scratch, long hash) {
    long generation = hot.generation();
    long stamp = table.writeStamp(hash);
    V value = readCold(scratch, hash);
    if (value == null) {
      return null;
    }
    counters.coldHits.increment();
    if (hot.keepsEntries()
        && hot.promote(
            hotKey,
            value,
            scratch.expiresAtMillis(),
            weigh(key, value),
            generation,
            () -> table.writeStamp(hash) == stamp)) {
      counters.promotions.increment();
    }
    return value;
  }

  private @Nullable V readCold(Scratch<K, V> scratch, long hash) {
    scratch.beginRead();
    try {
      V value = table.get(hash, scratch.key(), scratch.keyLength(), scratch);
      if (scratch.undecodable()) {
        counters.undecodable.increment();
      }
      return value;
    } catch (StoreIoException | CorruptStoreException e) {
      // The table has counted it; a reader is told nothing but "not here".
      return null;
    }
  }

  private @Nullable V load(K key, Function<? super K, ? extends @Nullable V> loader) {
    EncodedKey encoded = encode(key);
    for (; ; ) {
      Load<V> mine = new Load<>(encoded);
      Load<V> other = loads.begin(mine);
      if (other == null) {
        return loadRegistered(key, loader, mine);
      }
      if (other.owner() == Thread.currentThread()) {
        throw new IllegalStateException(
            "the loader of a key of cache '" + name + "' asks for the key that it is loading");
      }
      if (!waits.await(other)) {
        counters.misses.increment();
        return call(key, loader);
      }
      V value = mine.sharedFrom(other);
      if (value != null) {
        counters.hotHits.increment();
        return value;
      }
      value = find(key);
      if (value != null) {
        return value;
      }
    }
  }

  private @Nullable V loadRegistered(
      K key, Function<? super K, ? extends @Nullable V> loader, Load<V> load) {
    try {
      V present = find(key);
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

  private @Nullable V call(K key, Function<? super K, ? extends @Nullable V> loader) {
    boolean returned = false;
    try {
      V value = loader.apply(key);
      returned = true;
      return value;
    } finally {
      (returned ? counters.loads : counters.loadFailures).increment();
    }
  }

  /* Returns false if the load was overtaken. */
  private boolean fill(K key, V value, Load<V> load) {
    requireOpen();
    int weight = weigh(key, value);
    long expiresAt = expiry(lifetimeMillis);
    long hash = load.key().hash();
    Scratch<K, V> scratch = pool.take();
    try {
      scratch.encodeKey(key);
      Object hotKey = hotKey(key, scratch, hash);
      try {
        scratch.encodeValue(value);
        try (ColdWrite write = preparePut(scratch, hash, expiresAt)) {
          return hot.apply(
              hotKey, value, expiresAt, weight, () -> loads.commitUnlessOvertaken(load, write));
        }
      } catch (OversizedValueException e) {
        counters.shed.increment();
        return true;
      } catch (DiskFullException | WriteTimeoutException | StoreIoException e) {
        return shedFill(hotKey, value, expiresAt, weight, scratch, load);
      }
    } finally {
      pool.release(scratch);
    }
  }

  private boolean shedFill(
      Object hotKey, V value, long expiresAt, int weight, Scratch<K, V> scratch, Load<V> load) {
    counters.shed.increment();
    try (ColdWrite removal = prepareRemove(scratch, load.key().hash())) {
      return hot.apply(
          hotKey, value, expiresAt, weight, () -> loads.commitUnlessOvertaken(load, removal));
    } catch (DiskFullException | WriteTimeoutException | StoreIoException e) {
      // What is on disk could not be served before and is left alone; the value is just not kept.
      return true;
    }
  }

  private ColdWrite preparePut(Scratch<K, V> scratch, long hash, long expiresAt) {
    return table.preparePut(
        hash,
        scratch.key(),
        scratch.keyLength(),
        scratch.value(),
        scratch.valueLength(),
        expiresAt);
  }

  private ColdWrite prepareRemove(Scratch<K, V> scratch, long hash) {
    return table.prepareRemove(hash, scratch.key(), scratch.keyLength());
  }

  private long commit(Scratch<K, V> scratch, long hash, ColdWrite write) {
    return loads.commit(hash, scratch.key(), scratch.keyLength(), write);
  }

  private EncodedKey encode(K key) {
    Scratch<K, V> scratch = pool.take();
    try {
      scratch.encodeKey(key);
      return scratch.copyKey(hash(scratch));
    } finally {
      pool.release(scratch);
    }
  }

  private long hash(Scratch<K, V> scratch) {
    return table.hashOf(scratch.key(), scratch.keyLength());
  }

  private Object hotKey(K key, Scratch<K, V> scratch, long hash) {
    return keysAsTheyAre || !hot.keepsEntries() ? key : scratch.copyKey(hash);
  }

  private long expiry(long lifetime) {
    return lifetime == Lifetime.NEVER
        ? Lifetime.NEVER
        : Lifetime.expiry(time.wallMillis(), lifetime);
  }

  private int weigh(K key, V value) {
    int weight = weigher.weigh(key, value);
    if (weight < 0) {
      throw new IllegalArgumentException(
          "weight is " + weight + " by the weigher of cache '" + name + "', must be >= 0");
    }
    return weight;
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreClosedException("cache '" + name + "' is closed", null);
    }
  }
}
