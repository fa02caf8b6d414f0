// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries that travel between the hot tier, the dirty ones and the disk all the time. */
@Timeout(120)
final class WriteBackRaceTest {
  private static final int OWNERS = 3;
  private static final int KEYS_EACH = 4;
  private static final int STEPS = 15_000;

  @TempDir Path directory;

  private static TieredCache<Long, Long> open(Firn firn, long hotEntries, long dirtyEntries) {
    return firn.cache("back", Codec.int64(), Codec.int64())
        .maximumHotEntries(hotEntries)
        .writePolicy(WritePolicy.WRITE_BACK)
        .writeBackDelay(Duration.ofMillis(1))
        .maximumDirtyEntries(dirtyEntries)
        .open();
  }

  /* Each key has one owner, who must read what he wrote, whatever demotion does meanwhile. */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1000", "100, 1000", "1, 1000"})
  void anOwnerReadsWhatHeWrote(long hotEntries, long dirtyEntries) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(OWNERS);
    Map<Long, Long> left = new HashMap<>();
    try (Firn firn = Firn.in(directory).open()) {
      TieredCache<Long, Long> cache = open(firn, hotEntries, dirtyEntries);
      List<Future<Map<Long, Long>>> owners = new ArrayList<>();
      for (int i = 0; i < OWNERS; i++) {
        int owner = i;
        owners.add(threads.submit(() -> new Owner(cache, owner).work()));
      }
      for (Future<Map<Long, Long>> owner : owners) {
        left.putAll(owner.get());
      }
      cache.flush();
      assertThat(cache.asMap()).isEqualTo(left);
    } finally {
      threads.shutdown();
    }
    try (Firn firn = Firn.in(directory).open()) {
      assertThat(open(firn, hotEntries, dirtyEntries).asMap()).isEqualTo(left);
    }
  }

  private static final class Owner {
    private final TieredCache<Long, Long> cache;
    private final int number;
    private final Random random;
    private final Map<Long, Long> model = new HashMap<>();
    private long version;

    Owner(TieredCache<Long, Long> cache, int number) {
      this.cache = cache;
      this.number = number;
      this.random = new Random(number);
    }

    private long key() {
      return number * (long) KEYS_EACH + random.nextInt(KEYS_EACH);
    }

    private long neighbour(long key) {
      return number * (long) KEYS_EACH + (key + 1) % KEYS_EACH;
    }

    Map<Long, Long> work() {
      for (int i = 0; i < STEPS; i++) {
        step(key());
        long key = key();
        assertThat(cache.getIfPresent(key)).as("key %d, step %d", key, i).isEqualTo(model.get(key));
      }
      return model;
    }

    private void step(long key) {
      long value = ++version;
      int choice = random.nextInt(20);
      if (choice < 9) {
        cache.put(key, value);
        model.put(key, value);
      } else if (choice < 12) {
        cache.invalidate(key);
        model.remove(key);
      } else if (choice < 14) {
        long other = neighbour(key);
        cache.putAll(Map.of(key, value, other, value));
        model.put(key, value);
        model.put(other, value);
      } else if (choice < 16) {
        long other = neighbour(key);
        cache.invalidateAll(List.of(key, other));
        model.remove(key);
        model.remove(other);
      } else if (choice < 18) {
        assertThat(cache.asMap().put(key, value)).isEqualTo(model.put(key, value));
      } else if (choice < 19) {
        assertThat(cache.get(key, k -> value)).isEqualTo(model.computeIfAbsent(key, k -> value));
      } else {
        assertThat(cache.getAllPresent(List.of(key)).get(key)).isEqualTo(model.get(key));
      }
    }
  }

  /* The hot tier keeps none of them, so each entry goes from the dirty ones to the disk and back. */
  @Test
  void whatIsNeverHot_isNeverMissed() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(OWNERS);
    try (Firn firn = Firn.in(directory).executor(Runnable::run).open()) {
      TieredCache<Long, Long> cache =
          firn.cache("back", Codec.int64(), Codec.int64())
              .maximumHotWeight(1, (key, value) -> 2)
              .writePolicy(WritePolicy.WRITE_BACK)
              .open();
      cache.put(1L, 0L);
      List<Future<?>> readers = new ArrayList<>();
      readers.add(threads.submit(() -> read(() -> cache.getIfPresent(1L), ended)));
      readers.add(
          threads.submit(() -> read(() -> cache.asMap().containsKey(1L) ? 0L : null, ended)));
      for (long version = 1; version <= STEPS; version++) {
        cache.put(1L, version);
        firn.flush();
      }
      ended.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
    } finally {
      ended.set(true);
      threads.shutdown();
    }
  }

  private static void read(Supplier<@Nullable Long> read, AtomicBoolean ended) {
    while (!ended.get()) {
      assertThat(read.get()).isNotNull();
    }
  }

  /* A key that is always there is found by every read, in a version that is not older than one seen. */
  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1000", "1, 1000"})
  void aReaderNeverMisses_andNeverGoesBack(long hotEntries, long dirtyEntries) throws Exception {
    int keys = 6;
    AtomicLongArray acknowledged = new AtomicLongArray(keys);
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(OWNERS);
    try (Firn firn = Firn.in(directory).open()) {
      TieredCache<Long, Long> cache = open(firn, hotEntries, dirtyEntries);
      for (int key = 0; key < keys; key++) {
        cache.put((long) key, 0L);
      }
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 1; i < OWNERS; i++) {
        Random random = new Random(i);
        readers.add(
            threads.submit(
                () -> {
                  while (!ended.get()) {
                    int key = random.nextInt(keys);
                    long floor = acknowledged.get(key);
                    Long found =
                        random.nextBoolean()
                            ? cache.getIfPresent((long) key)
                            : cache.getAllPresent(List.of((long) key)).get((long) key);
                    assertThat(found).as("key %d", key).isNotNull().isGreaterThanOrEqualTo(floor);
                  }
                }));
      }
      Random random = new Random(0);
      for (long version = 1; version <= STEPS; version++) {
        int key = random.nextInt(keys);
        cache.put((long) key, version);
        acknowledged.set(key, version);
      }
      ended.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
    } finally {
      ended.set(true);
      threads.shutdown();
    }
  }
}
