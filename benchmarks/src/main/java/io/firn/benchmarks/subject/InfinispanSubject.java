// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.nio.file.Path;
import java.util.Objects;
import org.infinispan.AdvancedCache;
import org.infinispan.context.Flag;
import org.infinispan.manager.DefaultCacheManager;
import org.jspecify.annotations.Nullable;

/** An embedded Infinispan cache above its soft-index file store. */
final class InfinispanSubject implements Subject {
  private @Nullable DefaultCacheManager manager;
  private @Nullable AdvancedCache<byte[], byte[]> cache;

  @Override
  public void open(Path directory, long expectedEntries) {
    DefaultCacheManager opened =
        new DefaultCacheManager(PeerSettings.infinispanGlobal(directory), true);
    manager = opened;
    opened.defineConfiguration(PeerSettings.NAME, PeerSettings.infinispan());
    cache =
        opened
            .<byte[], byte[]>getCache(PeerSettings.NAME)
            .getAdvancedCache()
            .withFlags(Flag.IGNORE_RETURN_VALUES);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    cache().put(key, value);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return cache().get(key);
  }

  /** Without the flag: a remove that may ignore the old value does not look for it in the store. */
  @Override
  public void remove(byte[] key) {
    cache().noFlags().remove(key);
  }

  @Override
  public void close() {
    Objects.requireNonNull(manager).stop();
  }

  private AdvancedCache<byte[], byte[]> cache() {
    return Objects.requireNonNull(cache);
  }
}
