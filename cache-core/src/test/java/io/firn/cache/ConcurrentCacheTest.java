// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many threads over both tiers. Each key has one writer, whose puts carry rising versions and which
 * sometimes removes the key; readers must never see a version below one that was acknowledged, or
 * removed, before their read began, nor below one that they have seen.
 */
@Timeout(120)
final class ConcurrentCacheTest {
  private static final int WRITERS = 3;
  private static final int READERS = 3;
  private static final int KEYS = 24;
  private static final int WRITES = 6_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 12, 1000})
  void nobodySeesAnOlderValueAgain(long hotEntries) throws Exception {
    AtomicLongArray acknowledged = new AtomicLongArray(KEYS);
    try (Firn firn = Firn.in(directory).open()) {
      TieredCache<Long, Long> cache =
          firn.cache("versions", Codec.int64(), Codec.int64()).maximumHotEntries(hotEntries).open();
      AtomicIntegerArray writersLeft = new AtomicIntegerArray(new int[] {WRITERS});
      ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
      List<Future<?>> results = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        results.add(
            threads.submit(
                () -> {
                  try {
                    write(cache, acknowledged, number);
                  } finally {
                    writersLeft.decrementAndGet(0);
                  }
                }));
      }
      for (int reader = 0; reader < READERS; reader++) {
        int number = reader;
        results.add(
            threads.submit(() -> read(cache, acknowledged, new Random(100 + number), writersLeft)));
      }
      threads.shutdown();
      assertThat(firn.verify().findings()).as("while others write").isEmpty();
      for (Future<?> result : results) {
        result.get();
      }
      checkAll(cache, acknowledged);
      VerifyReport report = firn.verify();
      assertThat(report.findings()).isEmpty();
      assertThat(report.entries()).isEqualTo(cache.estimatedSize());
    }
    try (Firn firn = Firn.in(directory).open()) {
      checkAll(firn.cache("versions", Codec.int64(), Codec.int64()).open(), acknowledged);
    }
  }

  /* Even versions are puts, odd ones removals. */
  private static void write(
      TieredCache<Long, Long> cache, AtomicLongArray acknowledged, int writer) {
    Random random = new Random(writer);
    for (int i = 0; i < WRITES; i++) {
      int key = random.nextInt(KEYS / WRITERS) * WRITERS + writer;
      long last = acknowledged.get(key);
      if (random.nextInt(5) == 0) {
        cache.invalidate((long) key);
        acknowledged.set(key, last | 1);
      } else {
        long version = (last | 1) + 1;
        cache.put((long) key, version);
        acknowledged.set(key, version);
      }
    }
  }

  private static void read(
      TieredCache<Long, Long> cache,
      AtomicLongArray acknowledged,
      Random random,
      AtomicIntegerArray writersLeft) {
    long[] seen = new long[KEYS];
    while (writersLeft.get(0) > 0) {
      int key = random.nextInt(KEYS);
      long before = acknowledged.get(key);
      Long version = cache.getIfPresent((long) key);
      if (version != null) {
        assertThat(version).as("key %d", key).isGreaterThanOrEqualTo(Math.max(before, seen[key]));
        seen[key] = version;
      }
    }
  }

  private static void checkAll(TieredCache<Long, Long> cache, AtomicLongArray acknowledged) {
    for (int key = 0; key < KEYS; key++) {
      long last = acknowledged.get(key);
      Long expected = last == 0 || (last & 1) != 0 ? null : last;
      assertThat(cache.getIfPresent((long) key)).as("key %d", key).isEqualTo(expected);
    }
  }
}
