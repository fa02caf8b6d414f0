// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import io.firn.cache.codec.Codec;
import io.firn.cache.jmx.CompactionRegistration;
import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.TableOptions;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.TimeSource;
import io.firn.compaction.Compaction;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.worker.StoreCompaction;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A store of named caches in one directory, held by one process at a time. Thread-safe; callers may
 * be virtual threads.
 *
 * <p>Every method but {@link #close} throws {@link StoreClosedException} once the store is closed,
 * and {@link NullPointerException} for a null argument.
 */
public final class Firn implements AutoCloseable {
  static final int MAXIMUM_NAME_CHARS = 255;

  private final ColdStore store;
  private final StoreCompaction compaction;
  private final CompactionRegistration registration;
  private final TimeSource time;
  private final Executor executor;
  private final boolean sync;
  private final int maximumValueBytes;
  private final long givenDiskBytes;
  private final LoadWaits waits = new LoadWaits();

  /** Guards {@code open} and the opening, closing and dropping of caches. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<String, TwoTierCache<?, ?>> open = new HashMap<>();
  private volatile boolean closed;

  Firn(
      Path directory,
      ColdStore store,
      TimeSource time,
      Executor executor,
      boolean sync,
      int maximumValueBytes,
      long givenDiskBytes) {
    this.store = store;
    this.compaction = StoreCompaction.start(store, compactionWorkers());
    this.time = time;
    this.executor = executor;
    this.sync = sync;
    this.maximumValueBytes = maximumValueBytes;
    this.givenDiskBytes = givenDiskBytes;
    this.registration =
        CompactionRegistration.register(
            ManagementFactory::getPlatformMBeanServer,
            directory,
            compaction,
            store::tableNames,
            () -> FirnStats.of(store.stats()).writeAmplification(),
            time::wallMillis);
  }

  /**
   * Begins the opening of a store.
   *
   * @param directory holds the store's files; created if absent
   */
  public static FirnBuilder in(Path directory) {
    return new FirnBuilder(directory);
  }

  /**
   * Begins the opening of a cache, which is created if the store has none of that name.
   *
   * @param name 1 to 255 chars, any but unpaired surrogates
   * @param keys the codec of the keys; of the same format each time the cache is opened
   * @param values the codec of the values; of the same format each time the cache is opened
   * @throws IllegalArgumentException if {@code name} is empty, too long or holds an unpaired
   *     surrogate
   */
  public <K, V> TieredCacheBuilder<K, V> cache(String name, Codec<K> keys, Codec<V> values) {
    requireName(name);
    requireNonNull(keys, "keys");
    requireNonNull(values, "values");
    requireOpen();
    return new TieredCacheBuilder<>(this, name, keys, values);
  }

  /** Returns the names of all caches in the store, open or not. */
  public Set<String> cacheNames() {
    requireOpen();
    return Set.copyOf(store.tableNames());
  }

  /**
   * Closes the cache of that name, if it is open, and deletes it with all that it holds. Whoever
   * uses it meanwhile gets a {@link StoreClosedException}. A cache that is created under the name
   * afterwards may have other codecs. Does nothing if there is none.
   *
   * @throws IllegalArgumentException if {@code name} is empty, too long or holds an unpaired
   *     surrogate
   */
  public void drop(String name) {
    requireName(name);
    lock.lock();
    try {
      requireOpen();
      TwoTierCache<?, ?> cache = open.remove(name);
      if (cache != null) {
        cache.closeTiers(false);
      }
      if (store.tableNames().contains(name)) {
        store.drop(name);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Jobs take no more than half of the cores. */
  private static int compactionWorkers() {
    return CompactionConfig.defaults().effectiveJobs(Runtime.getRuntime().availableProcessors());
  }

  /** Returns the compaction of the store: jobs, history, progress, events, and work on demand. */
  public Compaction compaction() {
    requireOpen();
    return compaction;
  }

  /** Returns disk space by kind, write amplification, facts of the last recovery, and errors. */
  public FirnStats stats() {
    requireOpen();
    return FirnStats.of(store.stats());
  }

  /**
   * Reads everything that the store has on disk and compares it with what it has in memory: every
   * page and record, the log, the index against the pages and the reverse, the accounts of space.
   * Changes nothing, and other calls go on meanwhile. Takes about as long as reading all files
   * once, and no lock for longer than a moment.
   */
  public VerifyReport verify() {
    requireOpen();
    return VerifyReport.of(store.verify());
  }

  /**
   * Returns when everything acknowledged before the call survives a power failure, what {@link
   * WritePolicy#WRITE_BACK} caches have not written yet included.
   *
   * @throws io.firn.cold.model.DiskFullException if the disk has no room for what was not written
   */
  public void flush() {
    requireOpen();
    openCaches().forEach(TwoTierCache::flushDirty);
    store.flush();
  }

  private List<TwoTierCache<?, ?>> openCaches() {
    lock.lock();
    try {
      return List.copyOf(open.values());
    } finally {
      lock.unlock();
    }
  }

  /** Closes all caches and the store; all entries stay on disk. Closing again does nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      List<TwoTierCache<?, ?>> caches = new ArrayList<>(open.values());
      open.clear();
      caches.forEach(cache -> cache.closeTiers(true));
      registration.close();
      compaction.close();
      store.close();
    } finally {
      lock.unlock();
    }
  }

  <K, V> TieredCache<K, V> open(TieredCacheBuilder<K, V> options) {
    lock.lock();
    try {
      requireOpen();
      if (open.containsKey(options.name())) {
        throw new IllegalStateException("cache '" + options.name() + "' is already open");
      }
      ColdTable table = store.table(options.name(), formats(options));
      table.limitBytes(options.coldBytesLimit());
      TwoTierCache<K, V> cache = new TwoTierCache<>(this, table, options);
      open.put(options.name(), cache);
      return cache;
    } finally {
      lock.unlock();
    }
  }

  private static TableOptions formats(TieredCacheBuilder<?, ?> options) {
    return new TableOptions(
        requireNonNull(options.keys().format(), "format of the codec of keys"),
        requireNonNull(options.values().format(), "format of the codec of values"));
  }

  void close(TwoTierCache<?, ?> cache) {
    lock.lock();
    try {
      if (open.remove(cache.name(), cache)) {
        cache.closeTiers(true);
      }
    } finally {
      lock.unlock();
    }
  }

  TimeSource time() {
    return time;
  }

  Executor executor() {
    return executor;
  }

  LoadWaits waits() {
    return waits;
  }

  boolean isSync() {
    return sync;
  }

  int maximumValueBytes() {
    return maximumValueBytes;
  }

  /** Returns the limit that the store was given; no limit if it has the default one. */
  long givenDiskBytes() {
    return givenDiskBytes;
  }

  private static void requireName(@Nullable String name) {
    requireNonNull(name, "name");
    if (name.isEmpty() || name.length() > MAXIMUM_NAME_CHARS) {
      throw new IllegalArgumentException(
          "name has "
              + name.length()
              + " chars, must have 1 to "
              + MAXIMUM_NAME_CHARS
              + ": '"
              + name
              + "'");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      // It would come back from the disk as another name.
      throw new IllegalArgumentException("name holds an unpaired surrogate: '" + name + "'");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreClosedException("the store is closed", null);
    }
  }
}
