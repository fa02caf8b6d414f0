// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.WriteTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One named cache of a {@link Firn}: its hot entries on the heap, all of them on disk. A put writes
 * both; a read looks on the heap first and keeps there what it finds on disk.
 *
 * <p>Thread-safe; callers may be virtual threads. Interrupting a caller does no harm: operations
 * end as usual and the thread keeps its interrupt flag.
 *
 * <p>Keys are the same when their encoded bytes are. Keys and values that are on the heap are
 * shared, not copied: they must not be changed.
 *
 * <p>Once a write, a removal or the expiry of a key is visible, no older value of it is returned
 * again, by either tier. A read never fails because of the disk: bytes that are damaged or cannot
 * be read are a miss and are counted in {@link #stats}.
 *
 * <p>Every method but {@link #name}, {@link #asMap} and {@link #close} throws {@link
 * StoreClosedException} once the cache or its store is closed, and {@link NullPointerException} for
 * a null argument. A key of 0 encoded bytes gives an {@link IllegalArgumentException}, a key over
 * 32 KiB or a value over {@code maximumValueBytes} an {@link OversizedValueException}; nothing is
 * changed then.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface TieredCache<K, V> extends AutoCloseable {
  /** Returns the name that the cache was opened with. */
  String name();

  /** Returns the value of {@code key}, or null if there is none that can be served. */
  @Nullable V getIfPresent(K key);

  /**
   * Returns the value of {@code key}; if there is none, that which {@code loader} returns, after
   * storing it to live as long as the cache's options say.
   *
   * <p>At most one loader runs per key at a time; others who ask for the key meanwhile wait and get
   * its value. What a loader throws reaches the caller whose loader it was, and nothing is stored;
   * then, as after null, each of the others looks again and calls its own loader. If the key is
   * written or removed while its loader runs, the loaded value is returned to its caller but not
   * stored: it may be the older one. If the value is too large, or the disk has no room for it and
   * there is no hot tier, it is returned and counted as shed.
   *
   * <p>A loader may use this and other caches for other keys. Loaders that wait for each other's
   * keys do not block each other: one of them runs without being waited for and its value is not
   * stored. This holds as long as a loader works on its caller's thread.
   *
   * @return null only if the loader returned null; nothing is stored then
   * @throws IllegalStateException if the loader asks, on its own thread, for the key it is loading
   */
  @Nullable V get(K key, Function<? super K, ? extends @Nullable V> loader);

  /**
   * Returns the values of those of {@code keys} that have one, in the order of the keys; those on
   * disk are read in the order in which they stand there.
   *
   * @return an unmodifiable map
   */
  Map<K, V> getAllPresent(Iterable<? extends K> keys);

  /**
   * Returns the values of {@code keys}, in their order; those that are missing are loaded with one
   * call of {@code loader}, after which they are stored as by {@link #get}. Keys for which the
   * loader returns nothing are left out; what it returns beyond the keys is stored too, if it is
   * not there yet.
   *
   * <p>At most one loader runs per key at a time, here too: keys that others are loading are waited
   * for after the own call, and {@code loader} is called again for those that are still missing
   * then. What it throws reaches the caller; nothing of that call is stored. It counts as one load.
   *
   * @param loader is given the missing keys, and returns a map that is not null
   * @return an unmodifiable map
   * @throws IllegalStateException if the loader asks, on its own thread, for a key it is loading
   */
  Map<K, V> getAll(
      Iterable<? extends K> keys, Function<? super Set<K>, ? extends Map<K, V>> loader);

  /**
   * Like {@link #getIfPresent}, without making the caller wait for the disk: what is on the heap is
   * there at once, anything else is read by the cache's executor. Wrong arguments and a closed
   * cache are refused at the call; other failures, here and in the other asynchronous forms, reach
   * the future.
   */
  CompletableFuture<@Nullable V> getIfPresentAsync(K key);

  /**
   * Like {@link #get}; the loader runs on the cache's executor, unless the value is on the heap.
   */
  CompletableFuture<@Nullable V> getAsync(K key, Function<? super K, ? extends @Nullable V> loader);

  /** Like {@link #getAllPresent}, on the cache's executor. */
  CompletableFuture<Map<K, V>> getAllPresentAsync(Iterable<? extends K> keys);

  /** Like {@link #getAll}, on the cache's executor. */
  CompletableFuture<Map<K, V>> getAllAsync(
      Iterable<? extends K> keys, Function<? super Set<K>, ? extends Map<K, V>> loader);

  /**
   * Like {@link #put(Object, Object)}, on the cache's executor, which may also encode the value.
   */
  CompletableFuture<@Nullable Void> putAsync(K key, V value);

  /** Like {@link #invalidate}, on the cache's executor. */
  CompletableFuture<@Nullable Void> invalidateAsync(K key);

  /**
   * Stores {@code value}, to live as long as the cache's {@code expireAfterWrite}, {@code
   * expireAfterAccess} or {@code expireAfter} says.
   *
   * <p>If the disk has no room, the older value is removed from disk; then with {@link
   * Durability#sync} this fails, and otherwise the value is kept on the heap only and counted as
   * shed.
   *
   * @throws DiskFullException if the disk has no room, with {@link Durability#sync}, or if not even
   *     the removal of the older value could be logged
   * @throws WriteTimeoutException likewise, if there was no room within the time for a write
   */
  void put(K key, V value);

  /**
   * Stores {@code value}, to be served for {@code timeToLive} from now on; the cache's options do
   * not count for it, and reads do not prolong it. Otherwise like {@link #put(Object, Object)}. In
   * a cache without an option by which entries expire the entry leaves the heap when it is asked
   * for after its time, or when others need the room.
   *
   * @param timeToLive more than 0, rounded up to a millisecond; above 10,000 days it means for ever
   * @throws IllegalArgumentException if {@code timeToLive} is zero or negative
   */
  void put(K key, V value, Duration timeToLive);

  /**
   * Stores all entries, each to live as long as the cache's options say: all or nothing, also
   * across a crash. They become visible in no order, so a reader may see some of them before
   * others. Nulls are refused before anything happens. If it fails, nothing was stored and every
   * older value is served as before, on the heap and on disk, whatever the {@link Durability}; a
   * put on its own would have removed it. Waits for durability once.
   *
   * <p>A batch is bounded, see {@link FirnBuilder#maximumBatchBytes}, {@link
   * FirnBuilder#maximumBatchKeys} and {@link FirnBuilder#maximumBatchTime}.
   *
   * @throws IllegalArgumentException if there are more entries than a batch may have
   * @throws OversizedValueException if the entries have more bytes than a batch may have
   * @throws DiskFullException if the disk has no room
   * @throws WriteTimeoutException if it takes longer than a batch may
   */
  void putAll(Map<? extends K, ? extends V> entries);

  /**
   * Removes {@code key} from both tiers, durably as {@link Durability} says.
   *
   * @throws DiskFullException if the removal could not be logged; the entry is still there then
   * @throws WriteTimeoutException likewise, if there was no room within the time for a write
   */
  void invalidate(K key);

  /**
   * Removes {@code keys}: all or nothing, also across a crash, if they are no more than a batch may
   * have, see {@link FirnBuilder#maximumBatchKeys} and {@link FirnBuilder#maximumBatchBytes}. More
   * of them are removed batch by batch, in the order in which they come; if that fails midway,
   * those before are removed. Nulls are refused before anything happens.
   *
   * @throws DiskFullException if the removals could not be logged
   * @throws WriteTimeoutException if it takes longer than a batch may
   */
  void invalidateAll(Iterable<? extends K> keys);

  /** Removes every entry, in constant time on disk, durably as {@link Durability} says. */
  void invalidateAll();

  /**
   * Returns the cache as a map, over both tiers; what one changes the other shows. Its operations
   * on one key are atomic, {@code compute} and {@code merge} included; they are written as a {@link
   * #put} or {@link #invalidate} is, to live as long as the cache's options say, and fail as these
   * do. Values are compared with {@code equals}, arrays by their content.
   *
   * <p>A function given to {@code compute}, {@code computeIfAbsent}, {@code computeIfPresent} or
   * {@code merge} runs while other such functions and loaders of the key wait. Writers do not wait:
   * if one changes the key meanwhile, the function is called again with the new value, so it must
   * have no side effects that hurt when they happen twice. It may use other keys; where functions
   * would wait for each other's keys, and where a function uses its own key so, that is an {@link
   * IllegalStateException}. {@code computeIfAbsent} counts as a read and a load, {@code get} as a
   * read; nothing else is counted.
   *
   * <p>Iterators hold some of the keys in memory, not all entries, and are weakly consistent: an
   * entry that stays throughout is met exactly once, with a value that it had meanwhile; of others
   * it is open. In a {@link WritePolicy#WRITE_BACK} cache one may be left out that goes to disk and
   * is put again within the moment in which its part is looked through. They do not move entries to
   * the heap. {@code size} is {@link #estimatedSize}, {@code clear} is {@link #invalidateAll()},
   * and {@code putAll} writes entry by entry. An iterator throws {@link StoreIoException} if it
   * cannot read which entries there are.
   *
   * @return the map; nulls are refused with a {@link NullPointerException}
   */
  ConcurrentMap<K, V> asMap();

  /** Returns about how many entries there are, expired ones that were not yet removed included. */
  long estimatedSize();

  /** Returns what was counted since the cache was opened, and its sizes now. */
  CacheStats stats();

  /**
   * Returns when everything acknowledged before the call, in the whole store, survives a power
   * failure.
   */
  void flush();

  /**
   * Closes the cache and keeps its entries on disk; the store stays open. Closing again does
   * nothing.
   */
  @Override
  void close();
}
