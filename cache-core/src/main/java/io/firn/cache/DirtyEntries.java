// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.ColdWrite;
import io.firn.cold.model.TimeSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The values of a write-back cache that are not on disk yet, whether they are in the hot tier or
 * have left it. A key that is here has no version on disk. Thread-safe.
 *
 * <p>Whatever changes it for a key holds the key's stripe of {@link Loads}. A reader looks here
 * after the hot tier and before the disk. An entry is here before its older version leaves the
 * disk, and leaves after its own version is there, so a reader that looks in this order, and starts
 * over if it found nothing but the key's write stamp has moved, does not miss it.
 */
final class DirtyEntries<K, V> {
  private static final int LOOKS = 1_000;

  private final ConcurrentHashMap<Object, DirtyEntry<K, V>> entries = new ConcurrentHashMap<>();
  private final TimeSource time;

  /* While a version moves it is in both places, and would be counted twice. */
  private final AtomicLong begunMoves = new AtomicLong();
  private final AtomicLong endedMoves = new AtomicLong();

  DirtyEntries(TimeSource time) {
    this.time = time;
  }

  /** Returns the entry of a key, null if it is not here or has expired. */
  @Nullable DirtyEntry<K, V> get(Object hotKey) {
    DirtyEntry<K, V> entry = entries.get(hotKey);
    return entry == null || isExpired(entry) ? null : entry;
  }

  boolean isExpired(DirtyEntry<K, V> entry) {
    long expiresAtMillis = entry.lifespan().expiresAtMillis();
    return expiresAtMillis != Lifetime.NEVER && time.wallMillis() >= expiresAtMillis;
  }

  boolean contains(Object hotKey) {
    return entries.containsKey(hotKey);
  }

  /**
   * Commits the removal of the version on disk, and has the entry here.
   *
   * @return the LSN of the removal; 0 if there was nothing to remove
   */
  long commit(Object hotKey, DirtyEntry<K, V> entry, ColdWrite removal) {
    DirtyEntry<K, V> older = entries.put(hotKey, entry);
    boolean committed = false;
    try {
      long lsn = removal.commit();
      committed = true;
      return lsn;
    } finally {
      if (!committed) {
        restore(hotKey, older);
      }
    }
  }

  private void restore(Object hotKey, @Nullable DirtyEntry<K, V> older) {
    if (older == null) {
      entries.remove(hotKey);
    } else {
      entries.put(hotKey, older);
    }
  }

  /**
   * Commits the version of an entry to disk, if that entry is still the one here.
   *
   * @return the LSN, or {@link HotTier#NOT_COMMITTED}
   */
  long commitDemotion(Object hotKey, DirtyEntry<K, V> entry, ColdWrite write) {
    if (entries.get(hotKey) != entry) {
      return HotTier.NOT_COMMITTED;
    }
    long unused = begunMoves.incrementAndGet();
    try {
      long lsn = write.commit();
      entries.remove(hotKey);
      return lsn;
    } finally {
      unused = endedMoves.incrementAndGet();
    }
  }

  /** Gives an entry up, if it is still the one here. Needs no stripe. */
  boolean discard(Object hotKey, DirtyEntry<K, V> entry) {
    return entries.remove(hotKey, entry);
  }

  /** Forgets a key, whose newer version or removal was committed to disk. */
  void forget(Object hotKey) {
    entries.remove(hotKey);
  }

  /** Forgets all keys, under all stripes. */
  void clear() {
    entries.clear();
  }

  /** Returns the entry of a key, also an expired one. */
  @Nullable DirtyEntry<K, V> entry(Object hotKey) {
    return entries.get(hotKey);
  }

  /** Returns what is here; weakly consistent. */
  Iterable<Map.Entry<Object, DirtyEntry<K, V>>> all() {
    return entries.entrySet();
  }

  /** Returns the hot tier's names of the keys that are here; weakly consistent. */
  Iterable<Object> keys() {
    return entries.keySet();
  }

  long size() {
    return entries.mappingCount();
  }

  /**
   * Returns how many entries there are here and on disk; exact unless others write meanwhile, or
   * demotions leave no moment between them.
   *
   * @param onDisk how many there are on disk
   */
  long sizeWith(LongSupplier onDisk) {
    for (int i = 0; i < LOOKS; i++) {
      long moves = endedMoves.get();
      if (begunMoves.get() == moves) {
        long size = onDisk.getAsLong() + size();
        if (begunMoves.get() == moves) {
          return size;
        }
      }
      Thread.onSpinWait();
    }
    return onDisk.getAsLong() + size();
  }
}
