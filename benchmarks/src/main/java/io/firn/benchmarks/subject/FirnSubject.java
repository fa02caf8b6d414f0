// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import io.firn.cache.Durability;
import io.firn.cache.Firn;
import io.firn.cache.FirnBuilder;
import io.firn.cache.FirnStats;
import io.firn.cache.TieredCache;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Firn through its public cache API, so that codecs and statistics are in the figures. */
final class FirnSubject implements Subject {
  private @Nullable Firn firn;
  private @Nullable TieredCache<byte[], byte[]> cache;

  @Override
  public void open(Path directory, long expectedEntries) {
    open(PeerSettings.firn(directory, expectedEntries));
  }

  @Override
  public void openSync(Path directory, long expectedEntries) {
    open(PeerSettings.firn(directory, expectedEntries).durability(Durability.sync()));
  }

  @Override
  public void openLimited(Path directory, long expectedEntries, long maximumBytes) {
    open(Firn.in(directory).maximumDiskBytes(maximumBytes));
  }

  private void open(FirnBuilder builder) {
    Firn opened = builder.open();
    firn = opened;
    cache = PeerSettings.firnCache(opened).open();
  }

  @Override
  public void put(byte[] key, byte[] value) {
    cache().put(key, value);
  }

  @Override
  public void put(byte[] key, byte[] value, Duration timeToLive) {
    cache().put(key, value, timeToLive);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return cache().getIfPresent(key);
  }

  @Override
  public void remove(byte[] key) {
    cache().invalidate(key);
  }

  @Override
  public Map<String, Double> figures() {
    FirnStats stats = Objects.requireNonNull(firn).stats();
    return Map.of(
        "records",
        (double) stats.writtenBytes() + stats.movedBytes(),
        "with log and index",
        stats.writeAmplification() * stats.writtenBytes());
  }

  @Override
  public void close() {
    cache().close();
    Objects.requireNonNull(firn).close();
  }

  private TieredCache<byte[], byte[]> cache() {
    return Objects.requireNonNull(cache);
  }
}
