// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cache as a map; see {@link TieredCache#asMap}. Thread-safe. */
@SuppressWarnings("NullableProblems") // the map's own methods take null in their signatures only
final class CacheMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
  private static final int CHARACTERISTICS =
      Spliterator.DISTINCT | Spliterator.NONNULL | Spliterator.CONCURRENT;

  private final TwoTierCache<K, V> cache;

  CacheMap(TwoTierCache<K, V> cache) {
    this.cache = cache;
  }

  /* A map is asked for objects. One of another type fails in the codec with a ClassCastException,
   * as the contract of a map allows. */
  @SuppressWarnings("unchecked")
  private K asKey(@Nullable Object key) {
    return (K) requireNonNull(key, "key");
  }

  @Override
  public int size() {
    return (int) Math.min(Integer.MAX_VALUE, cache.estimatedSize());
  }

  @Override
  public boolean isEmpty() {
    return size() == 0;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return cache.peek(asKey(key)) != null;
  }

  @Override
  public boolean containsValue(@Nullable Object value) {
    requireNonNull(value, "value");
    EntryCursor<K, V> entries = cache.entries();
    for (Map.Entry<K, V> entry = entries.next(); entry != null; entry = entries.next()) {
      if (Objects.deepEquals(value, entry.getValue())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    return cache.getIfPresent(asKey(key));
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V put(K key, V value) {
    requireNonNull(value, "value");
    return cache.update(key, present -> Outcome.write(value)).before();
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    entries.forEach(cache::put);
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V putIfAbsent(K key, V value) {
    requireNonNull(value, "value");
    V present = cache.peek(key);
    return present != null
        ? present
        : cache
            .update(key, found -> found == null ? Outcome.write(value) : Outcome.keep())
            .before();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V remove(@Nullable Object key) {
    return cache.update(asKey(key), present -> Outcome.write(null)).before();
  }

  @Override
  @CanIgnoreReturnValue
  public boolean remove(@Nullable Object key, @Nullable Object value) {
    K wanted = asKey(key);
    return value != null
        && cache
            .update(
                wanted, present -> isEqual(present, value) ? Outcome.write(null) : Outcome.keep())
            .outcome()
            .writes();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V replace(K key, V value) {
    requireNonNull(value, "value");
    return cache
        .update(key, present -> present == null ? Outcome.keep() : Outcome.write(value))
        .before();
  }

  @Override
  @CanIgnoreReturnValue
  public boolean replace(K key, V oldValue, V newValue) {
    requireNonNull(oldValue, "oldValue");
    requireNonNull(newValue, "newValue");
    return cache
        .update(
            key, present -> isEqual(present, oldValue) ? Outcome.write(newValue) : Outcome.keep())
        .outcome()
        .writes();
  }

  private static boolean isEqual(@Nullable Object present, Object value) {
    return present != null && Objects.deepEquals(present, value);
  }

  @Override
  public void clear() {
    cache.invalidateAll();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
    requireNonNull(function, "function");
    requireNonNull(key, "key");
    V present = cache.findCounted(key);
    return present != null
        ? present
        : cache
            .update(
                key,
                found -> {
                  V made = found == null ? cache.compute(key, function) : null;
                  return made == null ? Outcome.keep() : Outcome.write(made);
                })
            .after();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
    requireNonNull(function, "function");
    return cache
        .update(
            key,
            present ->
                present == null ? Outcome.keep() : Outcome.write(function.apply(key, present)))
        .after();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
    requireNonNull(function, "function");
    return cache.update(key, present -> changed(present, function.apply(key, present))).after();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
    requireNonNull(value, "value");
    requireNonNull(function, "function");
    return cache
        .update(
            key, present -> Outcome.write(present == null ? value : function.apply(present, value)))
        .after();
  }

  /* Nothing is written where nothing was and nothing comes. */
  private static <V> Outcome<V> changed(@Nullable V before, @Nullable V after) {
    return before == null && after == null ? Outcome.keep() : Outcome.write(after);
  }

  @Override
  public Set<K> keySet() {
    return new Keys();
  }

  @Override
  public Collection<V> values() {
    return new Values();
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new Entries();
  }

  private final class Keys extends AbstractSet<K> {
    @Override
    public Iterator<K> iterator() {
      return new Walk<>(Map.Entry::getKey);
    }

    @Override
    public Spliterator<K> spliterator() {
      return Spliterators.spliteratorUnknownSize(iterator(), CHARACTERISTICS);
    }

    @Override
    public int size() {
      return CacheMap.this.size();
    }

    @Override
    public boolean contains(@Nullable Object key) {
      return containsKey(key);
    }

    @Override
    public boolean remove(@Nullable Object key) {
      return CacheMap.this.remove(key) != null;
    }

    @Override
    public void clear() {
      CacheMap.this.clear();
    }
  }

  private final class Values extends AbstractCollection<V> {
    @Override
    public Iterator<V> iterator() {
      return new Walk<>(Map.Entry::getValue);
    }

    @Override
    public Spliterator<V> spliterator() {
      return Spliterators.spliteratorUnknownSize(
          iterator(), CHARACTERISTICS & ~Spliterator.DISTINCT);
    }

    @Override
    public int size() {
      return CacheMap.this.size();
    }

    @Override
    public boolean contains(@Nullable Object value) {
      return containsValue(value);
    }

    @Override
    public void clear() {
      CacheMap.this.clear();
    }
  }

  private final class Entries extends AbstractSet<Map.Entry<K, V>> {
    @Override
    public Iterator<Map.Entry<K, V>> iterator() {
      return new Walk<>(WritableEntry::new);
    }

    @Override
    public Spliterator<Map.Entry<K, V>> spliterator() {
      return Spliterators.spliteratorUnknownSize(iterator(), CHARACTERISTICS);
    }

    @Override
    public int size() {
      return CacheMap.this.size();
    }

    @Override
    public boolean contains(@Nullable Object object) {
      return object instanceof Map.Entry<?, ?> entry
          && entry.getKey() != null
          && entry.getValue() != null
          && isEqual(cache.peek(asKey(entry.getKey())), entry.getValue());
    }

    @Override
    public boolean remove(@Nullable Object object) {
      return object instanceof Map.Entry<?, ?> entry
          && entry.getKey() != null
          && CacheMap.this.remove(entry.getKey(), entry.getValue());
    }

    @Override
    public void clear() {
      CacheMap.this.clear();
    }
  }

  /** An iterator, one entry ahead of its user. */
  private final class Walk<T> implements Iterator<T> {
    private final EntryCursor<K, V> entries = cache.entries();
    private final Function<Map.Entry<K, V>, T> view;
    private Map.@Nullable Entry<K, V> next = entries.next();
    private @Nullable K returned;

    Walk(Function<Map.Entry<K, V>, T> view) {
      this.view = view;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public T next() {
      Map.Entry<K, V> entry = next;
      if (entry == null) {
        throw new NoSuchElementException("the iteration has no more entries");
      }
      returned = entry.getKey();
      next = entries.next();
      return view.apply(entry);
    }

    @Override
    public void remove() {
      K key = returned;
      if (key == null) {
        throw new IllegalStateException("nothing was returned since the last removal");
      }
      returned = null;
      cache.invalidate(key);
    }
  }

  /** An entry whose new value goes into the cache. */
  private final class WritableEntry extends SimpleEntry<K, V> {
    private static final long serialVersionUID = 1L;

    WritableEntry(Map.Entry<K, V> entry) {
      super(entry);
    }

    @Override
    public V setValue(V value) {
      cache.put(getKey(), value);
      return super.setValue(value);
    }
  }
}
