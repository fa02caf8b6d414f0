// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.ehcache.Cache;
import org.ehcache.PersistentCacheManager;
import org.jspecify.annotations.Nullable;

/** Ehcache 3 with a disk tier. Its heap tier compares keys by equals, so they are strings. */
final class EhcacheSubject implements Subject {
  private @Nullable PersistentCacheManager manager;
  private @Nullable Cache<String, byte[]> cache;

  @Override
  public void open(Path directory, long expectedEntries) {
    PersistentCacheManager opened = PeerSettings.ehcache(directory, expectedEntries);
    manager = opened;
    cache = PeerSettings.ehcacheCache(opened);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    cache().put(text(key), value);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return cache().get(text(key));
  }

  @Override
  public void remove(byte[] key) {
    cache().remove(text(key));
  }

  @Override
  public void close() {
    Objects.requireNonNull(manager).close();
  }

  private Cache<String, byte[]> cache() {
    return Objects.requireNonNull(cache);
  }

  private static String text(byte[] key) {
    return new String(key, StandardCharsets.ISO_8859_1);
  }
}
