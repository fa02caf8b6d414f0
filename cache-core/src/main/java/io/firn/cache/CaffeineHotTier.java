// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.firn.cold.model.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The hot tier in Caffeine, whose {@code compute} is the key's step.
 *
 * <p>Caffeine's own clear does not see an entry whose step is still running, so entries carry the
 * generation that was read before they were committed or read, and an entry of an earlier
 * generation is absent. The generation is raised after the cold tier was cleared: whatever was
 * committed before that has read an earlier one.
 */
final class CaffeineHotTier<V> implements HotTier<V> {
  private final Cache<Object, HotEntry<V>> entries;
  private final TimeSource time;
  private final AtomicLong generation = new AtomicLong();

  private CaffeineHotTier(Cache<Object, HotEntry<V>> entries, TimeSource time) {
    this.entries = entries;
    this.time = time;
  }

  /**
   * Creates a hot tier that is bounded by the number of its entries.
   *
   * @param timely whether expired entries are removed without being asked for
   * @param onEviction hears, in the key's step, that an entry leaves for lack of room or is expired
   */
  static <V> CaffeineHotTier<V> ofEntries(
      long maximum,
      boolean timely,
      TimeSource time,
      Executor executor,
      Consumer<Object> onEviction) {
    return new CaffeineHotTier<>(
        CaffeineHotTier.<V>builder(timely, time, executor, onEviction).maximumSize(maximum).build(),
        time);
  }

  /**
   * Creates a hot tier that is bounded by the weight of its entries.
   *
   * @param timely whether expired entries are removed without being asked for
   * @param onEviction hears, in the key's step, that an entry leaves for lack of room or is expired
   */
  static <V> CaffeineHotTier<V> ofWeight(
      long maximum,
      boolean timely,
      TimeSource time,
      Executor executor,
      Consumer<Object> onEviction) {
    return new CaffeineHotTier<>(
        CaffeineHotTier.<V>builder(timely, time, executor, onEviction)
            .maximumWeight(maximum)
            .weigher((Object key, HotEntry<V> entry) -> entry.weight())
            .build(),
        time);
  }

  /* Timely removal costs every read a look at the clock, so it is only for caches that expire. */
  private static <V> Caffeine<Object, HotEntry<V>> builder(
      boolean timely, TimeSource time, Executor executor, Consumer<Object> onEviction) {
    Caffeine<Object, Object> builder =
        Caffeine.newBuilder()
            .executor(executor)
            .evictionListener(
                (@Nullable Object key, @Nullable Object entry, RemovalCause cause) ->
                    onEviction.accept(requireNonNull(key)));
    if (!timely) {
      return retype(builder);
    }
    return builder
        .scheduler(Scheduler.systemScheduler())
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(time.wallMillis()))
        .expireAfter(new EntryExpiry<V>(time));
  }

  @SuppressWarnings("unchecked") // a builder without options takes any types
  private static <V> Caffeine<Object, HotEntry<V>> retype(Caffeine<Object, Object> builder) {
    return (Caffeine<Object, HotEntry<V>>) (Caffeine<?, ?>) builder;
  }

  @Override
  public boolean keepsEntries() {
    return true;
  }

  @Override
  public @Nullable HotEntry<V> entry(Object key) {
    HotEntry<V> entry = entries.getIfPresent(key);
    if (entry == null) {
      return null;
    }
    if (!isLive(entry)) {
      boolean unused = entries.asMap().remove(key, entry);
      return null;
    }
    return entry;
  }

  @Override
  public long generation() {
    return generation.get();
  }

  @Override
  public boolean apply(
      Object key, @Nullable V value, Lifespan lifespan, int weight, LongSupplier commit) {
    long before = generation.get();
    boolean[] committed = new boolean[1];
    var unused =
        entries
            .asMap()
            .compute(
                key,
                (k, old) -> {
                  long lsn = commit.getAsLong();
                  committed[0] = lsn != NOT_COMMITTED;
                  if (!committed[0]) {
                    return old;
                  }
                  return value == null
                      ? null
                      : new HotEntry<>(value, lifespan, weight, before, lsn);
                });
    return committed[0];
  }

  @Override
  public void prolong(Object key, Lifespan lifespan, LongSupplier commit) {
    var unused =
        entries
            .asMap()
            .compute(
                key,
                (k, old) -> {
                  long lsn = commit.getAsLong();
                  if (lsn == NOT_COMMITTED || old == null) {
                    return old;
                  }
                  return new HotEntry<>(old.value(), lifespan, old.weight(), old.generation(), lsn);
                });
  }

  @Override
  public void settle(
      Object key,
      @Nullable V value,
      Lifespan lifespan,
      int weight,
      long lsn,
      BooleanSupplier current) {
    long before = generation.get();
    var unused =
        entries
            .asMap()
            .compute(
                key,
                (k, old) -> {
                  if (old != null && old.lsn() > lsn) {
                    return old;
                  }
                  return value == null || !current.getAsBoolean()
                      ? null
                      : new HotEntry<>(value, lifespan, weight, before, lsn);
                });
  }

  @Override
  public boolean promote(
      Object key,
      V value,
      Lifespan lifespan,
      int weight,
      long readGeneration,
      BooleanSupplier unchanged) {
    HotEntry<V> candidate = new HotEntry<>(value, lifespan, weight, readGeneration, 0);
    HotEntry<V> kept =
        entries
            .asMap()
            .compute(
                key,
                (k, old) -> {
                  if (old != null && isLive(old)) {
                    return old;
                  }
                  return unchanged.getAsBoolean() ? candidate : null;
                });
    return kept == candidate;
  }

  @Override
  public void outdate() {
    generation.incrementAndGet();
  }

  @Override
  public void discardOutdated() {
    boolean unused =
        entries.asMap().values().removeIf(entry -> entry.generation() != generation.get());
  }

  @Override
  public Iterable<Object> keys() {
    return entries.asMap().keySet();
  }

  @Override
  public long size() {
    return entries.estimatedSize();
  }

  private boolean isLive(HotEntry<V> entry) {
    return entry.generation() == generation.get()
        && (entry.expiresAtMillis() == Lifetime.NEVER
            || time.wallMillis() < entry.expiresAtMillis());
  }

  /** Removes entries when their own expiry has come; reading does not prolong it. */
  private record EntryExpiry<V>(TimeSource time) implements Expiry<Object, HotEntry<V>> {
    @Override
    public long expireAfterCreate(Object key, HotEntry<V> entry, long currentTime) {
      return entry.expiresAtMillis() == Lifetime.NEVER
          ? Long.MAX_VALUE
          : Math.max(0, TimeUnit.MILLISECONDS.toNanos(entry.expiresAtMillis() - time.wallMillis()));
    }

    @Override
    public long expireAfterUpdate(
        Object key, HotEntry<V> entry, long currentTime, long currentDuration) {
      return expireAfterCreate(key, entry, currentTime);
    }

    @Override
    public long expireAfterRead(
        Object key, HotEntry<V> entry, long currentTime, long currentDuration) {
      return currentDuration;
    }
  }
}
