// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.ColdTable;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.StoreIoException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The read side of a cache: looks on the heap first, then on disk, and keeps on the heap what it
 * finds there if the cache's {@link Promotion} says so. Knows how keys are called in each tier.
 * Thread-safe.
 */
final class TierReader<K, V> {
  private final ColdTable table;
  private final HotTier<V> hot;
  private final @Nullable DirtyEntries<K, V> dirty;
  private final ScratchPool<K, V> pool;
  private final CacheCounters counters;
  private final Lifetimes<K, V> lifetimes;
  private final String name;
  private final boolean keysAsTheyAre;
  private final Weigher<? super K, ? super V> weigher;
  private final Promotion promotion;
  private final @Nullable ColdHits coldHits;

  /** Set before the cache is handed out. */
  private @Nullable ReadListener<K, V> listener;

  TierReader(
      ColdTable table,
      HotTier<V> hot,
      @Nullable DirtyEntries<K, V> dirty,
      ScratchPool<K, V> pool,
      CacheCounters counters,
      Lifetimes<K, V> lifetimes,
      TieredCacheBuilder<K, V> options) {
    this.table = table;
    this.hot = hot;
    this.dirty = dirty;
    this.pool = pool;
    this.counters = counters;
    this.lifetimes = lifetimes;
    this.name = options.name();
    this.keysAsTheyAre = options.keys().equalsMatchesBytes();
    this.weigher = options.weigher();
    this.promotion = options.promotion();
    this.coldHits = promotion == Promotion.SECOND_HIT ? new ColdHits(options.hotPlaces()) : null;
  }

  /** Tells {@code told} of every read from now on that is a hit. */
  void tell(ReadListener<K, V> told) {
    listener = listener == null ? told : listener.andThen(told);
  }

  /** Reads a key, like {@link #find(Object, Function)}, for a reader without a loader. */
  @Nullable V find(K key) {
    return find(key, null);
  }

  /**
   * Reads a key; counts the hit, and keeps what was on disk. A miss is not counted.
   *
   * @param loader what the listener is told, null for none
   */
  @Nullable V find(K key, @Nullable Function<? super K, ? extends @Nullable V> loader) {
    if (keysAsTheyAre) {
      V value = findHotBy(key, key, loader);
      return value != null ? value : findEncoded(key, loader);
    }
    return findEncoded(key, loader);
  }

  private @Nullable V findEncoded(
      K key, @Nullable Function<? super K, ? extends @Nullable V> loader) {
    Scratch<K, V> scratch = pool.take();
    try {
      encode(key, scratch);
      Object hotKey = hotKey(key, scratch);
      if (!keysAsTheyAre) {
        V value = findHotBy(key, hotKey, loader);
        if (value != null) {
          return value;
        }
      }
      return findCold(
          key, hotKey, scratch.hash(), scratch.key(), scratch.keyLength(), scratch, loader);
    } finally {
      pool.release(scratch);
    }
  }

  private Lifespan lifespan(Scratch<K, V> scratch) {
    return lifetimes.ofRecord(
        scratch.writtenAtMillis(), scratch.expiresAtMillis(), scratch.deadlineMillis());
  }

  /** Reads a key on the heap only, like {@link #find(Object, Function)}. */
  @Nullable V findHot(K key, @Nullable Function<? super K, ? extends @Nullable V> loader) {
    return findHotBy(key, keepsKeysAsTheyAre() ? key : encoded(key), loader);
  }

  /**
   * Reads many keys, like {@link #find(Object, Function)}: first on the heap, then the others in
   * the order in which they stand on disk.
   */
  Map<K, V> findAll(
      Collection<K> keys, @Nullable Function<? super K, ? extends @Nullable V> loader) {
    Map<K, V> found = new HashMap<>();
    List<Wanted<K>> cold = new ArrayList<>();
    Scratch<K, V> scratch = pool.take();
    try {
      for (K key : keys) {
        encode(key, scratch);
        Object hotKey = hotKey(key, scratch);
        V value = findHotBy(key, hotKey, loader);
        if (value == null) {
          long place = table.place(scratch.hash());
          if (place != Long.MAX_VALUE || dirty != null) {
            cold.add(new Wanted<>(key, hotKey, scratch.copyKey(), place));
          }
        } else {
          found.put(key, value);
        }
      }
      cold.sort(Wanted.BY_PLACE);
      for (Wanted<K> wanted : cold) {
        EncodedKey encoded = wanted.encoded();
        byte[] bytes = encoded.bytes();
        V value =
            findCold(
                wanted.key(),
                wanted.hotKey(),
                encoded.hash(),
                bytes,
                bytes.length,
                scratch,
                loader);
        if (value != null) {
          found.put(wanted.key(), value);
        }
      }
    } finally {
      pool.release(scratch);
    }
    return found;
  }

  private @Nullable V findHotBy(
      K key, Object hotKey, @Nullable Function<? super K, ? extends @Nullable V> loader) {
    HotEntry<V> entry = hot.entry(hotKey);
    if (entry == null) {
      return null;
    }
    return hotHit(key, entry.value(), entry.lifespan(), loader);
  }

  private V hotHit(
      K key,
      V value,
      Lifespan lifespan,
      @Nullable Function<? super K, ? extends @Nullable V> loader) {
    counters.hotHits.increment();
    if (listener != null) {
      listener.afterRead(key, lifespan, loader);
    }
    return value;
  }

  private @Nullable V findCold(
      K key,
      Object hotKey,
      long hash,
      byte[] bytes,
      int length,
      Scratch<K, V> scratch,
      @Nullable Function<? super K, ? extends @Nullable V> loader) {
    while (true) {
      long generation = hot.generation();
      long stamp = table.writeStamp(hash);
      DirtyEntry<K, V> waiting = dirty == null ? null : dirty.get(hotKey);
      if (waiting != null) {
        return hotHit(key, waiting.value(), waiting.lifespan(), loader);
      }
      V value = readCold(hash, bytes, length, scratch);
      if (value != null) {
        Lifespan lifespan = lifespan(scratch);
        counters.coldHits.increment();
        promote(key, hotKey, hash, value, lifespan, generation, stamp);
        if (listener != null) {
          listener.afterRead(key, lifespan, loader);
        }
        return value;
      }
      if (dirty == null || table.writeStamp(hash) == stamp) {
        return null;
      }
    }
  }

  private void promote(
      K key, Object hotKey, long hash, V value, Lifespan lifespan, long generation, long stamp) {
    if (isWorthPromoting(hash)
        && hot.promote(
            hotKey,
            value,
            lifespan,
            weigh(key, value),
            generation,
            () -> table.writeStamp(hash) == stamp)) {
      counters.promotions.increment();
    }
  }

  private boolean isWorthPromoting(long hash) {
    return hot.keepsEntries()
        && promotion != Promotion.NEVER
        && (coldHits == null || coldHits.isSecond(hash));
  }

  private @Nullable V readCold(long hash, byte[] bytes, int length, Scratch<K, V> scratch) {
    scratch.beginRead();
    try {
      V value = table.get(hash, bytes, length, scratch);
      if (scratch.undecodable()) {
        counters.undecodable.increment();
      }
      return value;
    } catch (StoreIoException | CorruptStoreException e) {
      // The table has counted it; a reader is told nothing but "not here".
      return null;
    }
  }

  /** Reads a key without counting it as a read, and without keeping what was on disk. */
  @Nullable V peek(K key) {
    HotEntry<V> entry = look(key);
    return entry == null ? null : entry.value();
  }

  /** Reads a key like {@link #peek}, with its lifespan; weight, generation and LSN are not set. */
  @Nullable HotEntry<V> look(K key) {
    Scratch<K, V> scratch = pool.take();
    try {
      encode(key, scratch);
      Object hotKey = hotKey(key, scratch);
      while (true) {
        long stamp = table.writeStamp(scratch.hash());
        HotEntry<V> entry = onHeap(hotKey);
        if (entry != null) {
          return entry;
        }
        V value = readCold(scratch.hash(), scratch.key(), scratch.keyLength(), scratch);
        if (value != null) {
          return new HotEntry<>(value, lifespan(scratch), 0, 0, 0);
        }
        if (dirty == null || table.writeStamp(scratch.hash()) == stamp) {
          return null;
        }
      }
    } finally {
      pool.release(scratch);
    }
  }

  private @Nullable HotEntry<V> onHeap(Object hotKey) {
    HotEntry<V> entry = hot.entry(hotKey);
    DirtyEntry<K, V> waiting = entry != null || dirty == null ? null : dirty.get(hotKey);
    return waiting == null ? entry : new HotEntry<>(waiting.value(), waiting.lifespan(), 0, 0, 0);
  }

  /** Reads whichever entry on disk has a hash, like {@link #peek}; the heap has the say. */
  Map.@Nullable Entry<K, V> peekAt(long hash) {
    Scratch<K, V> scratch = pool.take();
    try {
      return table.find(
          hash,
          (buffer, keyOffset, keyLength, valueOffset, valueLength, expiresAtMillis) -> {
            K key = scratch.decodeKey(buffer, keyOffset, keyLength);
            if (key == null) {
              return null;
            }
            HotEntry<V> entry = onHeap(hotKeyOf(key, hash, buffer, keyOffset, keyLength));
            V value =
                entry != null
                    ? entry.value()
                    : scratch.decode(buffer, valueOffset, valueLength, 0, expiresAtMillis);
            return value == null ? null : Map.entry(key, value);
          });
    } finally {
      pool.release(scratch);
    }
  }

  private Object hotKeyOf(K key, long hash, byte[] buffer, int offset, int length) {
    return keepsKeysAsTheyAre() ? key : EncodedKey.copyOf(buffer, offset, length, hash);
  }

  /** Encodes a key, and computes its hash. */
  void encode(K key, Scratch<K, V> scratch) {
    scratch.encodeKey(key);
    scratch.hash(table.hashOf(scratch.key(), scratch.keyLength()));
  }

  /** Returns the bytes and the hash of a key. */
  EncodedKey encoded(K key) {
    Scratch<K, V> scratch = pool.take();
    try {
      encode(key, scratch);
      return scratch.copyKey();
    } finally {
      pool.release(scratch);
    }
  }

  /** Returns an object that equals that of another key if and only if the keys are the same. */
  Object identity(K key) {
    return keysAsTheyAre ? key : encoded(key);
  }

  /** Returns what the hot tier knows a key by that the scratch has encoded. */
  Object hotKey(K key, Scratch<K, V> scratch) {
    return keepsKeysAsTheyAre() ? key : scratch.copyKey();
  }

  /**
   * Returns what the hot tier calls the keys on the heap, those of expired entries included; weakly
   * consistent.
   */
  Set<Object> keysOnHeap() {
    Set<Object> keys = new HashSet<>();
    hot.keys().forEach(keys::add);
    if (dirty != null) {
      dirty.keys().forEach(keys::add);
    }
    return keys;
  }

  /** Returns about how many entries are on the heap. */
  long sizeOnHeap() {
    return hot.size() + (dirty == null ? 0 : dirty.size());
  }

  /** Returns the hash of a key of the hot tier. */
  long hashOf(Object hotKey) {
    return hotKey instanceof EncodedKey encoded ? encoded.hash() : encoded(asKey(hotKey)).hash();
  }

  /** Returns the key that the hot tier knows by this; null if the codec refuses its bytes. */
  @Nullable K keyOf(Object hotKey) {
    if (!(hotKey instanceof EncodedKey encoded)) {
      return asKey(hotKey);
    }
    Scratch<K, V> scratch = pool.take();
    try {
      return scratch.decodeKey(encoded.bytes(), 0, encoded.bytes().length);
    } finally {
      pool.release(scratch);
    }
  }

  @SuppressWarnings("unchecked") // hot keys are keys, or encoded ones
  private K asKey(Object hotKey) {
    return (K) hotKey;
  }

  private boolean keepsKeysAsTheyAre() {
    return keysAsTheyAre || !hot.keepsEntries();
  }

  /** Asks the weigher. */
  int weigh(K key, V value) {
    int weight = weigher.weigh(key, value);
    if (weight < 0) {
      throw new IllegalArgumentException(
          "weight is " + weight + " by the weigher of cache '" + name + "', must be >= 0");
    }
    return weight;
  }
}
