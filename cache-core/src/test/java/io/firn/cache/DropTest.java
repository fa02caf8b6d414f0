// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import io.firn.cold.model.StoreClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dropping a cache, in use or not, and making another one under its name. */
final class DropTest {
  private static final int KEYS = 200;

  /** What a service may be doing with a cache. */
  private interface Use {
    void with(TieredCache<String, String> cache, String key);
  }

  private static final List<Use> USES =
      List.of(
          (cache, key) -> cache.put(key, key),
          (cache, key) -> assertThat(cache.getIfPresent(key)).isIn(null, key, "loaded"),
          (cache, key) -> assertThat(cache.get(key, missing -> "loaded")).isIn(key, "loaded"),
          (cache, key) -> cache.invalidate(key),
          (cache, key) -> cache.putAll(Map.of(key, key, key + "!", key)),
          (cache, key) -> assertThat(cache.asMap().merge(key, key, (a, b) -> key)).isEqualTo(key),
          (cache, key) -> cache.invalidateAll(),
          (cache, key) -> cache.flush());

  @TempDir Path directory;

  @Test
  @Timeout(120)
  void whoUsesADroppedCacheIsTold_andNobodyHangs() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(USES.size());
    try (Firn firn = Stores.open(directory)) {
      for (int round = 0; round < 10; round++) {
        TieredCache<String, String> cache = cache(firn, round);
        CountDownLatch begun = new CountDownLatch(USES.size());
        List<Future<?>> users = new ArrayList<>();
        for (Use use : USES) {
          users.add(threads.submit(() -> use(cache, use, begun)));
        }
        begun.await();
        firn.drop("strings");
        for (Future<?> user : users) {
          assertEndsClosed(user);
        }
        assertThat(firn.cacheNames()).isEmpty();
        assertThat(firn.verify().findings()).isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static TieredCache<String, String> cache(Firn firn, int round) {
    return round % 2 == 0
        ? Stores.strings(firn, 0)
        : firn.cache("strings", Codec.utf8(), Codec.utf8())
            .maximumHotEntries(50)
            .writePolicy(round % 4 == 1 ? WritePolicy.WRITE_BACK : WritePolicy.WRITE_THROUGH)
            .open();
  }

  private static void use(TieredCache<String, String> cache, Use use, CountDownLatch begun) {
    for (int i = 0; ; i++) {
      use.with(cache, "key" + i % KEYS);
      if (i == KEYS) {
        begun.countDown();
      }
    }
  }

  private static void assertEndsClosed(Future<?> user) throws Exception {
    try {
      Object unused = user.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(StoreClosedException.class);
    }
    assertThat(user).isDone();
  }

  @Test
  void theNextCacheOfThatNameMayHaveOtherCodecs() {
    for (int life = 0; life < 2; life++) {
      try (Firn firn = Stores.open(directory)) {
        firn.drop("c");
        firn.cache("c", Codec.utf8(), Codec.utf8()).open().put("12345678", "old");
        firn.drop("c");
        TieredCache<Long, Long> next = firn.cache("c", Codec.int64(), Codec.int64()).open();
        assertThat(next.estimatedSize()).isZero();
        next.put(1L, 2L);
      }
      try (Firn firn = Stores.open(directory)) {
        TieredCache<Long, Long> next = firn.cache("c", Codec.int64(), Codec.int64()).open();
        assertThat(next.getIfPresent(1L)).isEqualTo(2L);
        assertThat(next.estimatedSize()).isEqualTo(1);
      }
    }
  }

  @Test
  void aDropBeforeARestart_leavesTheNameFree() {
    try (Firn firn = Stores.open(directory)) {
      firn.cache("c", Codec.utf8(), Codec.utf8()).open().put("key", "old");
      firn.cache("kept", Codec.utf8(), Codec.utf8()).open().put("key", "value");
      firn.drop("c");
    }
    try (Firn firn = Stores.open(directory)) {
      assertThat(firn.cacheNames()).containsExactly("kept");
      firn.cache("c", Codec.int64(), Codec.uuid()).open().close();
      assertThat(firn.cache("kept", Codec.utf8(), Codec.utf8()).open().getIfPresent("key"))
          .isEqualTo("value");
    }
  }
}
