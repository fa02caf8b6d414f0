// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import io.firn.cold.ColdTable;
import io.firn.cold.ColdWrite;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.TimeSource;
import io.firn.cold.model.WriteTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The write side of a cache. Thread-safe.
 *
 * <p>Everything that may wait, fail or call foreign code (encoding, weighing, reserving room on
 * disk, waiting for durability) happens outside the hot tier's per-key step. Inside it the cold
 * tier is committed and the hot value set. Lock order: key of the hot tier, stripes of {@link
 * Loads}, the locks of the cold tier.
 */
final class TierWriter<K, V> {
  /** Commits what was prepared, in the key's step, or says {@link HotTier#NOT_COMMITTED}. */
  private interface Commit {
    long of(LongSupplier prepared);
  }

  private final ColdTable table;
  private final HotTier<V> hot;
  private final @Nullable DirtyEntries<K, V> dirty;
  private final @Nullable Demotion<K, V> demotion;
  private final TierReader<K, V> reader;
  private final ScratchPool<K, V> pool;
  private final Loads<V> loads;
  private final CacheCounters counters;
  private final TimeSource time;
  private final Lifetimes<K, V> lifetimes;
  private final boolean sync;

  TierWriter(
      ColdTable table,
      HotTier<V> hot,
      @Nullable DirtyEntries<K, V> dirty,
      @Nullable Demotion<K, V> demotion,
      TierReader<K, V> reader,
      ScratchPool<K, V> pool,
      Loads<V> loads,
      CacheCounters counters,
      TimeSource time,
      Lifetimes<K, V> lifetimes,
      boolean sync) {
    this.table = table;
    this.hot = hot;
    this.dirty = dirty;
    this.demotion = demotion;
    this.reader = reader;
    this.pool = pool;
    this.loads = loads;
    this.counters = counters;
    this.time = time;
    this.lifetimes = lifetimes;
    this.sync = sync;
  }

  void put(K key, V value, long lifetimeMillis) {
    put(key, value, lifetimes.of(lifetimeMillis));
  }

  void put(K key, V value) {
    put(key, value, lifetimes.of(key, value));
  }

  private void put(K key, V value, Lifespan lifespan) {
    int weight = reader.weigh(key, value);
    Scratch<K, V> scratch = pool.take();
    try {
      reader.encode(key, scratch);
      boolean unused =
          write(key, value, lifespan, weight, scratch, write -> commit(scratch, write));
    } finally {
      pool.release(scratch);
    }
  }

  private boolean write(
      K key, V value, Lifespan lifespan, int weight, Scratch<K, V> scratch, Commit commit) {
    Object hotKey = reader.hotKey(key, scratch);
    if (demotion != null && demotion.hasRoom()) {
      return writeLater(key, hotKey, value, lifespan, weight, scratch, commit);
    }
    scratch.encodeValue(value);
    ColdWrite prepared;
    try {
      prepared = scratch.preparePut(table, lifespan);
    } catch (DiskFullException | WriteTimeoutException | StoreIoException e) {
      return shed(hotKey, value, lifespan, weight, scratch, commit, e);
    }
    return apply(hotKey, value, lifespan, weight, prepared, commit);
  }

  /* Does what was prepared in both tiers, and closes it. */
  private boolean apply(
      Object hotKey,
      @Nullable V value,
      Lifespan lifespan,
      int weight,
      ColdWrite prepared,
      Commit commit) {
    try (ColdWrite write = prepared) {
      boolean committed =
          hot.apply(hotKey, value, lifespan, weight, () -> commit.of(through(hotKey, write)));
      write.awaitDurable();
      return committed;
    }
  }

  /* What goes to disk leaves nothing behind that would go there later. */
  private LongSupplier through(Object hotKey, ColdWrite write) {
    DirtyEntries<K, V> waiting = dirty;
    if (waiting == null) {
      return () -> write.commit();
    }
    return () -> {
      long lsn = write.commit();
      waiting.forget(hotKey);
      return lsn;
    };
  }

  private boolean writeLater(
      K key,
      Object hotKey,
      V value,
      Lifespan lifespan,
      int weight,
      Scratch<K, V> scratch,
      Commit commit) {
    DirtyEntries<K, V> waiting = requireNonNull(dirty);
    DirtyEntry<K, V> entry =
        new DirtyEntry<>(key, scratch.hash(), value, lifespan, time.nanoTime());
    try (ColdWrite removal = prepareRemove(scratch)) {
      boolean committed =
          hot.apply(
              hotKey,
              value,
              lifespan,
              weight,
              () -> commit.of(() -> waiting.commit(hotKey, entry, removal)));
      removal.awaitDurable();
      requireNonNull(demotion).added();
      return committed;
    }
  }

  /* The older version must go, or it would come back when the new one has left the hot tier. */
  private boolean shed(
      Object hotKey,
      V value,
      Lifespan lifespan,
      int weight,
      Scratch<K, V> scratch,
      Commit commit,
      FirnException cause) {
    if (!apply(hotKey, sync ? null : value, lifespan, weight, prepareRemove(scratch), commit)) {
      return false;
    }
    counters.shed.increment();
    if (sync) {
      throw cause;
    }
    return true;
  }

  void remove(K key) {
    Scratch<K, V> scratch = pool.take();
    try {
      reader.encode(key, scratch);
      boolean unused = remove(key, scratch, removal -> commit(scratch, removal));
    } finally {
      pool.release(scratch);
    }
  }

  private boolean remove(K key, Scratch<K, V> scratch, Commit commit) {
    return apply(
        reader.hotKey(key, scratch), null, Lifespan.ENDLESS, 0, prepareRemove(scratch), commit);
  }

  /**
   * Writes the value that a registered load has loaded. It never waits for durability and never
   * fails for lack of room: the value is just not kept then.
   *
   * @return false if the load was overtaken; nothing has changed then
   */
  boolean fill(K key, V value, Load<V> load) {
    int weight = reader.weigh(key, value);
    Lifespan lifespan = lifetimes.of(key, value);
    Scratch<K, V> scratch = pool.take();
    try {
      reader.encode(key, scratch);
      Object hotKey = reader.hotKey(key, scratch);
      Commit commit = write -> loads.commitUnlessOvertaken(load, write);
      try {
        if (demotion != null && demotion.hasRoom()) {
          return writeLater(key, hotKey, value, lifespan, weight, scratch, commit);
        }
        scratch.encodeValue(value);
        try (ColdWrite write = scratch.preparePut(table, lifespan)) {
          return hot.apply(
              hotKey, value, lifespan, weight, () -> commit.of(through(hotKey, write)));
        }
      } catch (OversizedValueException e) {
        counters.shed.increment();
        return true;
      } catch (DiskFullException | WriteTimeoutException | StoreIoException e) {
        return shedFill(hotKey, value, lifespan, weight, scratch, commit);
      }
    } finally {
      pool.release(scratch);
    }
  }

  private boolean shedFill(
      Object hotKey, V value, Lifespan lifespan, int weight, Scratch<K, V> scratch, Commit commit) {
    counters.shed.increment();
    try (ColdWrite removal = prepareRemove(scratch)) {
      return hot.apply(hotKey, value, lifespan, weight, () -> commit.of(through(hotKey, removal)));
    } catch (DiskFullException | WriteTimeoutException | StoreIoException e) {
      // What is on disk could not be served before and is left alone; the value is just not kept.
      return true;
    }
  }

  /**
   * Writes what a registered update has computed, like a put, or a removal for null.
   *
   * @return false if the update was overtaken; nothing has changed then
   */
  boolean update(K key, @Nullable V value, Load<V> load) {
    int weight = value == null ? 0 : reader.weigh(key, value);
    Scratch<K, V> scratch = pool.take();
    try {
      reader.encode(key, scratch);
      Commit commit = write -> loads.commitUnlessOvertaken(load, write);
      if (value == null) {
        return remove(key, scratch, commit);
      }
      return write(key, value, lifetimes.of(key, value), weight, scratch, commit);
    } finally {
      pool.release(scratch);
    }
  }

  /**
   * Writes an entry that was read since {@code load} was registered again, with another lifespan.
   * Nothing changes if it was overtaken, has expired by now, or cannot be written.
   */
  void prolong(K key, HotEntry<V> present, Lifespan prolonged, Load<V> load) {
    Scratch<K, V> scratch = pool.take();
    try {
      reader.encode(key, scratch);
      scratch.encodeValue(present.value());
      try (ColdWrite write = scratch.preparePut(table, prolonged)) {
        Object hotKey = reader.hotKey(key, scratch);
        hot.prolong(
            hotKey,
            prolonged,
            () ->
                lifetimes.isLive(present.lifespan())
                    ? loads.commitUnlessOvertaken(load, through(hotKey, write))
                    : HotTier.NOT_COMMITTED);
      }
    } finally {
      pool.release(scratch);
    }
  }

  void putAll(List<Map.Entry<K, V>> entries) {
    Scratch<K, V> scratch = pool.take();
    try (BatchWrite<K, V> batch = batch()) {
      for (Map.Entry<K, V> entry : entries) {
        int weight = reader.weigh(entry.getKey(), entry.getValue());
        reader.encode(entry.getKey(), scratch);
        scratch.encodeValue(entry.getValue());
        batch.put(
            scratch.copyKey(),
            reader.hotKey(entry.getKey(), scratch),
            entry.getValue(),
            lifetimes.of(entry.getKey(), entry.getValue()),
            weight,
            scratch);
      }
      batch.write();
    } finally {
      pool.release(scratch);
    }
  }

  void removeAll(List<K> keys) {
    int next = 0;
    while (next < keys.size()) {
      next = removeBatch(keys, next);
    }
  }

  /* Removes as many keys as fit a batch; returns the index of the next one. */
  private int removeBatch(List<K> keys, int from) {
    Scratch<K, V> scratch = pool.take();
    try (BatchWrite<K, V> batch = batch()) {
      int at = from;
      while (at < keys.size()) {
        reader.encode(keys.get(at), scratch);
        if (at > from && !batch.hasRoom(scratch.keyLength())) {
          break;
        }
        batch.remove(scratch.copyKey(), reader.hotKey(keys.get(at), scratch), scratch);
        at++;
      }
      batch.write();
      return at;
    } finally {
      pool.release(scratch);
    }
  }

  /**
   * Removes everything. The hot tier is outdated together with the cold one, so that no update can
   * see an entry of before and be committed afterwards.
   */
  void clear() {
    long clear =
        loads.commitAll(
            () -> {
              long lsn = table.commitClear();
              hot.outdate();
              if (dirty != null) {
                dirty.clear();
              }
              return lsn;
            });
    hot.discardOutdated();
    table.awaitDurable(clear);
  }

  private BatchWrite<K, V> batch() {
    return new BatchWrite<>(table, hot, dirty, loads);
  }

  private ColdWrite prepareRemove(Scratch<K, V> scratch) {
    return table.prepareRemove(scratch.hash(), scratch.key(), scratch.keyLength());
  }

  private long commit(Scratch<K, V> scratch, LongSupplier prepared) {
    return loads.commit(scratch.hash(), scratch.key(), scratch.keyLength(), prepared);
  }
}
