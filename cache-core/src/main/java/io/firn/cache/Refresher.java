// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.model.Loggers;
import io.firn.cold.model.TimeSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Reloads entries that were written long ago, on the cache's executor, while their present values
 * are served. Thread-safe.
 *
 * <p>A reload registers in {@link Loads} as a load does, and looks once more after that: what was
 * removed meanwhile is not loaded, and what it has loaded is written only if no write of the key
 * came between. A key has one reload at a time, from the read that starts it on.
 */
final class Refresher<K, V> implements ReadListener<K, V> {
  /** How many keys may wait for their reload or be reloaded; reads beyond that start none. */
  static final int MAXIMUM_UNDER_WAY = 1 << 16;

  private static final Logger LOG = Loggers.of(Refresher.class);

  private final String name;
  private final long refreshMillis;
  private final TimeSource time;
  private final Executor executor;
  private final TierReader<K, V> reader;
  private final TierWriter<K, V> writer;
  private final Loads<V> loads;
  private final Computations<K, V> computations;
  private final Runnable requireOpen;
  private final Set<Object> underWay = ConcurrentHashMap.newKeySet();

  Refresher(
      TieredCacheBuilder<K, V> options,
      TimeSource time,
      TierReader<K, V> reader,
      TierWriter<K, V> writer,
      Loads<V> loads,
      Computations<K, V> computations,
      Runnable requireOpen) {
    this.name = options.name();
    this.refreshMillis = options.refreshMillis();
    this.time = time;
    this.executor = options.executor();
    this.reader = reader;
    this.writer = writer;
    this.loads = loads;
    this.computations = computations;
    this.requireOpen = requireOpen;
  }

  @Override
  public void afterRead(
      K key, Lifespan lifespan, @Nullable Function<? super K, ? extends @Nullable V> loader) {
    if (loader != null && isOld(lifespan)) {
      start(key, loader);
    }
  }

  private boolean isOld(Lifespan lifespan) {
    return time.wallMillis() - lifespan.writtenAtMillis() > refreshMillis;
  }

  private void start(K key, Function<? super K, ? extends @Nullable V> loader) {
    Object identity = reader.identity(key);
    if (underWay.size() >= MAXIMUM_UNDER_WAY || !underWay.add(identity)) {
      return;
    }
    try {
      executor.execute(
          () -> {
            try {
              reload(key, loader);
            } finally {
              underWay.remove(identity);
            }
          });
    } catch (RejectedExecutionException e) {
      underWay.remove(identity);
    }
  }

  @SuppressWarnings("CatchingUnchecked") // a loader in another language may throw a checked one
  private void reload(K key, Function<? super K, ? extends @Nullable V> loader) {
    Load<V> load = new Load<>(reader.encoded(key));
    if (loads.begin(load) != null) {
      return; // it is being loaded or updated
    }
    try {
      requireOpen.run();
      HotEntry<V> present = reader.look(key);
      if (present != null && isOld(present.lifespan())) {
        write(key, computations.call(key, loader), load);
      }
    } catch (Exception e) {
      LOG.debug("reload of a key of cache '{}' failed, its value stays", name, e);
    } finally {
      loads.end(load);
    }
  }

  private void write(K key, @Nullable V value, Load<V> load) {
    requireOpen.run();
    if (value == null) {
      boolean unused = writer.update(key, null, load);
    } else if (writer.fill(key, value, load)) {
      load.share(value);
    }
  }
}
