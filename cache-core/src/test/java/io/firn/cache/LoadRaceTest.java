// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cache in front of a source that changes: each change of the source is followed by a put or a
 * removal in the cache. Once that has returned, no loader that read the source before, and nothing
 * that a read has started, may bring the old value in.
 */
@Timeout(120)
final class LoadRaceTest {
  private static final int KEYS = 4;
  private static final int CHANGES = 8_000;
  private static final int READERS = 3;

  @TempDir Path directory;
  private final AtomicLongArray source = new AtomicLongArray(KEYS);
  private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS);

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 100})
  void aLoadNeverBringsBackWhatWasChanged(long hotEntries) throws Exception {
    race(options -> options.maximumHotEntries(hotEntries));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 100})
  void norDoesWhatReadsStartInTheBackground(long hotEntries) throws Exception {
    race(
        options ->
            options
                .maximumHotEntries(hotEntries)
                .expireAfterAccess(Duration.ofMillis(7))
                .refreshAfterWrite(Duration.ofMillis(1)));
  }

  private void race(UnaryOperator<TieredCacheBuilder<Long, Long>> options) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(READERS);
    try (Firn firn = Firn.in(directory).open()) {
      TieredCache<Long, Long> cache =
          options.apply(firn.cache("source", Codec.int64(), Codec.int64())).open();
      AtomicBoolean ended = new AtomicBoolean();
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        int seed = i;
        readers.add(threads.submit(() -> read(cache, new Random(seed), ended)));
      }
      change(cache);
      ended.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
      for (int key = 0; key < KEYS; key++) {
        assertThat(cache.get((long) key, k -> -1L)).isIn(source.get(key), -1L);
      }
    } finally {
      threads.shutdown();
    }
  }

  private void change(TieredCache<Long, Long> cache) {
    Random random = new Random(99);
    for (long version = 1; version <= CHANGES; version++) {
      int key = random.nextInt(KEYS);
      source.set(key, version);
      int choice = random.nextInt(20);
      if (choice == 0) {
        cache.invalidateAll();
      } else if (choice < 10) {
        cache.invalidate((long) key);
      } else {
        cache.put((long) key, version);
      }
      acknowledged.set(key, version);
    }
  }

  private void read(TieredCache<Long, Long> cache, Random random, AtomicBoolean ended) {
    while (!ended.get()) {
      int key = random.nextInt(KEYS);
      long before = acknowledged.get(key);
      Long version = cache.get((long) key, k -> source.get(k.intValue()));
      assertThat(version).as("key %d", key).isGreaterThanOrEqualTo(before);
    }
  }
}
