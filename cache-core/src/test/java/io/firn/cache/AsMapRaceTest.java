// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The map's operations on one key are atomic, whichever tier the key is in. */
@Timeout(120)
final class AsMapRaceTest {
  private static final int THREADS = 4;
  private static final int STEPS = 5_000;
  private static final int KEYS = 3;

  @TempDir Path directory;

  /* What was added is either still there or was handed out by exactly one removal. */
  @ParameterizedTest
  @ValueSource(longs = {0, 2, 100})
  void noAdditionIsLost(long hotEntries) throws Exception {
    AtomicLong added = new AtomicLong();
    AtomicLong taken = new AtomicLong();
    try (Firn firn = Firn.in(directory).open()) {
      ConcurrentMap<Long, Long> map = open(firn, hotEntries).asMap();
      together(
          seed -> {
            Random random = new Random(seed);
            for (int i = 0; i < STEPS; i++) {
              step(map, random, added, taken);
            }
          });
      long left = map.values().stream().mapToLong(Long::longValue).sum();
      assertThat(taken.get() + left).isEqualTo(added.get());
    }
  }

  private static void step(
      ConcurrentMap<Long, Long> map, Random random, AtomicLong added, AtomicLong taken) {
    Long key = (long) random.nextInt(KEYS);
    switch (random.nextInt(7)) {
      case 0 -> added(map.merge(key, 1L, Long::sum), 1, added);
      case 1 -> added(map.compute(key, (k, value) -> value == null ? 1L : value + 1), 1, added);
      case 2 -> {
        if (map.computeIfPresent(key, (k, value) -> value + 10) != null) {
          long unused = added.addAndGet(10);
        }
      }
      case 3 -> {
        if (map.putIfAbsent(key, 100L) == null) {
          long unused = added.addAndGet(100);
        }
      }
      case 4 -> {
        Long seen = map.get(key);
        if (seen != null && map.replace(key, seen, seen + 1_000)) {
          long unused = added.addAndGet(1_000);
        }
      }
      case 5 -> {
        Long replaced = map.put(key, 10_000L);
        long unused = added.addAndGet(10_000);
        unused = taken.addAndGet(replaced == null ? 0 : replaced);
      }
      default -> {
        Long seen = map.get(key);
        Long removed =
            random.nextBoolean()
                ? map.remove(key)
                : seen != null && map.remove(key, seen) ? seen : null;
        long unused = taken.addAndGet(removed == null ? 0 : removed);
      }
    }
  }

  private static void added(Long after, long amount, AtomicLong added) {
    assertThat(after).isPositive();
    long unused = added.addAndGet(amount);
  }

  /* A value is the number of the clear after which it was made, and is kept by every function. */
  @ParameterizedTest
  @ValueSource(longs = {0, 2, 100})
  void whatWasClearedDoesNotComeBack_byAFunction(long hotEntries) throws Exception {
    AtomicLong clears = new AtomicLong();
    AtomicBoolean ended = new AtomicBoolean();
    try (Firn firn = Firn.in(directory).open()) {
      TieredCache<Long, Long> cache = open(firn, hotEntries);
      together(
          seed -> {
            if (seed == 0) {
              try {
                clear(cache, clears);
              } finally {
                ended.set(true);
              }
            } else {
              keep(cache.asMap(), clears, new Random(seed), ended);
            }
          });
    }
  }

  private static void clear(TieredCache<Long, Long> cache, AtomicLong clears) {
    for (int i = 0; i < STEPS / 5; i++) {
      long number = clears.incrementAndGet();
      cache.invalidateAll();
      for (long key = 0; key < KEYS; key++) {
        Long seen = cache.getIfPresent(key);
        assertThat(seen == null || seen >= number).as("%s after clear %d", seen, number).isTrue();
      }
    }
  }

  private static void keep(
      ConcurrentMap<Long, Long> map, AtomicLong clears, Random random, AtomicBoolean ended) {
    while (!ended.get()) {
      Long key = (long) random.nextInt(KEYS);
      Long unused = map.compute(key, (k, value) -> value == null ? (Long) clears.get() : value);
    }
  }

  private static void together(IntConsumer task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int seed = i;
        tasks.add(threads.submit(() -> task.accept(seed)));
      }
      for (Future<?> each : tasks) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static TieredCache<Long, Long> open(Firn firn, long hotEntries) {
    return firn.cache("map", Codec.int64(), Codec.int64()).maximumHotEntries(hotEntries).open();
  }
}
