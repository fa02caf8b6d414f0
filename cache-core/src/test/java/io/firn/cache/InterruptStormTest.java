// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads use the cache while another interrupts them: nothing fails, closes or is lost. */
@Timeout(120)
final class InterruptStormTest {
  private static final int THREADS = 3;
  private static final int OPERATIONS = 4_000;

  @TempDir Path directory;
  private final ConcurrentMap<Long, Long> expected = new ConcurrentHashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {0, 50})
  void interruptedCallersLoseNothing(long hotEntries) throws Exception {
    try (Firn firn = Firn.in(directory).open()) {
      TieredCache<Long, Long> cache =
          firn.cache("storm", Codec.int64(), Codec.int64()).maximumHotEntries(hotEntries).open();
      List<FutureTask<Long>> tasks = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        FutureTask<Long> task = new FutureTask<>(() -> use(cache, number));
        tasks.add(task);
        threads.add(new Thread(task, "storm-" + i));
      }
      threads.forEach(Thread::start);
      while (tasks.stream().anyMatch(task -> !task.isDone())) {
        threads.forEach(Thread::interrupt);
        Thread.onSpinWait();
      }
      long interrupted = 0;
      for (FutureTask<Long> task : tasks) {
        interrupted += task.get();
      }
      assertThat(interrupted).isPositive();
      check(cache);
    }
    try (Firn firn = Firn.in(directory).open()) {
      check(firn.cache("storm", Codec.int64(), Codec.int64()).open());
    }
  }

  /* Returns after how many operations the interrupt flag was set. */
  private long use(TieredCache<Long, Long> cache, int number) {
    long interrupted = 0;
    // Who interrupts may be late.
    for (long i = 0; i < OPERATIONS || interrupted == 0; i++) {
      long key = (i % 97) * THREADS + number;
      if (i % 11 == 10) {
        cache.invalidate(key);
        expected.remove(key);
      } else {
        cache.put(key, i);
        expected.put(key, i);
      }
      assertThat(cache.getIfPresent(key)).isEqualTo(expected.get(key));
      if (Thread.interrupted()) {
        interrupted++;
      }
    }
    return interrupted;
  }

  private void check(TieredCache<Long, Long> cache) {
    for (long key = 0; key < 97 * THREADS; key++) {
      assertThat(cache.getIfPresent(key)).as("key %d", key).isEqualTo(expected.get(key));
    }
  }
}
