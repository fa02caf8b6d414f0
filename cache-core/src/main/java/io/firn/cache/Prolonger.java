// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.model.Loggers;
import io.firn.cold.model.TimeSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Prolongs the expiry of entries that are read, on the cache's executor, by writing them again with
 * their values. Thread-safe.
 *
 * <p>A read that finds less than seven eighths left enters its time for the key; later reads raise
 * that, until the key's task has written it. The new expiry counts from the time of a read, however
 * late the task runs, so it is never too late. The task registers in {@link Loads}, looks, and
 * commits only if no write of the key came between and the old expiry has not passed: what was
 * removed or has been seen to expire does not come back. If a load or an update of the key is under
 * way, the task runs again when that has ended, so no thread waits.
 */
final class Prolonger<K, V> implements ReadListener<K, V> {
  /** For how many keys tasks may be under way; reads beyond that prolong nothing. */
  static final int MAXIMUM_UNDER_WAY = 1 << 16;

  private static final Logger LOG = Loggers.of(Prolonger.class);

  /* No read is entered any more. */
  private static final long CLOSED = Long.MAX_VALUE;

  private final String name;
  private final TimeSource time;
  private final Executor executor;
  private final Lifetimes<K, V> lifetimes;
  private final TierReader<K, V> reader;
  private final TierWriter<K, V> writer;
  private final Loads<V> loads;
  private final Runnable requireOpen;

  /* By key: the time of its latest read. */
  private final ConcurrentMap<Object, AtomicLong> underWay = new ConcurrentHashMap<>();

  Prolonger(
      TieredCacheBuilder<K, V> options,
      TimeSource time,
      Lifetimes<K, V> lifetimes,
      TierReader<K, V> reader,
      TierWriter<K, V> writer,
      Loads<V> loads,
      Runnable requireOpen) {
    this.name = options.name();
    this.time = time;
    this.executor = options.executor();
    this.lifetimes = lifetimes;
    this.reader = reader;
    this.writer = writer;
    this.loads = loads;
    this.requireOpen = requireOpen;
  }

  @Override
  public void afterRead(
      K key, Lifespan lifespan, @Nullable Function<? super K, ? extends @Nullable V> loader) {
    if (lifespan.isProlongable()) {
      long now = time.wallMillis();
      if (lifetimes.isDue(lifespan, now)) {
        enter(key, now);
      }
    }
  }

  private void enter(K key, long now) {
    Object identity = reader.identity(key);
    while (true) {
      AtomicLong present = underWay.get(identity);
      if (present == null) {
        AtomicLong mine = new AtomicLong(now);
        if (underWay.size() >= MAXIMUM_UNDER_WAY) {
          return;
        }
        present = underWay.putIfAbsent(identity, mine);
        if (present == null) {
          submit(key, identity, mine);
          return;
        }
      }
      if (raise(present, now)) {
        return;
      }
      underWay.remove(identity, present);
    }
  }

  /* Returns false if it is closed. */
  private static boolean raise(AtomicLong latest, long now) {
    long seen = latest.get();
    while (seen < now) {
      if (latest.compareAndSet(seen, now)) {
        return true;
      }
      seen = latest.get();
    }
    return seen != CLOSED;
  }

  private void submit(K key, Object identity, AtomicLong latest) {
    try {
      executor.execute(() -> run(key, identity, latest));
    } catch (RejectedExecutionException e) {
      close(identity, latest);
    }
  }

  private void close(Object identity, AtomicLong latest) {
    latest.set(CLOSED);
    underWay.remove(identity, latest);
  }

  private void run(K key, Object identity, AtomicLong latest) {
    boolean waits = false;
    try {
      long accessedAt;
      do {
        accessedAt = latest.get();
        waits = !prolong(key, accessedAt, () -> submit(key, identity, latest));
      } while (!waits && !isDone(latest, accessedAt));
    } catch (RuntimeException e) {
      LOG.debug("an entry of cache '{}' was not prolonged", name, e);
    } finally {
      if (!waits) {
        close(identity, latest);
      }
    }
  }

  /* Closes, unless a read came in the meantime that is too far from the one that was written. */
  private boolean isDone(AtomicLong latest, long accessedAt) {
    while (true) {
      long seen = latest.get();
      if (lifetimes.isFarFrom(accessedAt, seen)) {
        return false;
      }
      if (latest.compareAndSet(seen, CLOSED)) {
        return true;
      }
    }
  }

  /** Returns false if something else of the key is under way; {@code again} runs after that. */
  private boolean prolong(K key, long accessedAt, Runnable again) {
    requireOpen.run();
    Load<V> load = new Load<>(reader.encoded(key));
    for (Load<V> other = loads.begin(load); other != null; other = loads.begin(load)) {
      if (loads.afterwards(other, again)) {
        return false;
      }
    }
    try {
      HotEntry<V> present = reader.look(key);
      if (present != null && lifetimes.isDue(present.lifespan(), accessedAt)) {
        writer.prolong(key, present, lifetimes.prolonged(present.lifespan(), accessedAt), load);
      }
      return true;
    } finally {
      loads.end(load);
    }
  }
}
