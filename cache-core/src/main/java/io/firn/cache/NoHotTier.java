// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The hot tier of a cache that keeps nothing on the heap: commits go straight to the cold tier. */
final class NoHotTier<V> implements HotTier<V> {
  @Override
  public boolean keepsEntries() {
    return false;
  }

  @Override
  public @Nullable HotEntry<V> entry(Object key) {
    return null;
  }

  @Override
  public long generation() {
    return 0;
  }

  @Override
  public boolean apply(
      Object key, @Nullable V value, Lifespan lifespan, int weight, LongSupplier commit) {
    return commit.getAsLong() != NOT_COMMITTED;
  }

  @Override
  public void prolong(Object key, Lifespan lifespan, LongSupplier commit) {
    long unused = commit.getAsLong();
  }

  @Override
  public void settle(
      Object key,
      @Nullable V value,
      Lifespan lifespan,
      int weight,
      long lsn,
      BooleanSupplier current) {}

  @Override
  public boolean promote(
      Object key,
      V value,
      Lifespan lifespan,
      int weight,
      long generation,
      BooleanSupplier unchanged) {
    return false;
  }

  @Override
  public void outdate() {}

  @Override
  public void discardOutdated() {}

  @Override
  public Iterable<Object> keys() {
    return List.of();
  }

  @Override
  public long size() {
    return 0;
  }
}
