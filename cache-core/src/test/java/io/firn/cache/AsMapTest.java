// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cold.model.StoreClosedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class AsMapTest {
  @TempDir Path directory;
  private final ManualTime time = new ManualTime();

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 1_000_000})
  void iteration_meetsEachEntryOnce_overManyParts(long hotEntries) {
    Set<Long> expected = LongStream.range(0, 30_000).boxed().collect(Collectors.toSet());
    try (Firn firn = Stores.open(directory)) {
      TieredCache<Long, byte[]> cache = numbers(firn, hotEntries);
      expected.forEach(key -> cache.put(key, bytes(key)));
      Set<Long> met = new HashSet<>();
      for (Map.Entry<Long, byte[]> entry : cache.asMap().entrySet()) {
        assertThat(met.add(entry.getKey())).as("key %d", entry.getKey()).isTrue();
        assertThat(entry.getValue()).isEqualTo(bytes(entry.getKey()));
      }
      assertThat(met).isEqualTo(expected);
      assertThat(cache.stats().promotions()).isZero();
      assertThat(cache.stats().hits()).isZero();
    }
    try (Firn firn = Stores.open(directory)) {
      assertThat(numbers(firn, hotEntries).asMap().keySet().stream().collect(Collectors.toSet()))
          .isEqualTo(expected);
    }
  }

  @Test
  void iteration_meetsOnceWhatIsOverwrittenMeanwhile_andNotWhatIsRemoved() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<Long, byte[]> cache = numbers(firn, 100);
      for (long key = 0; key < 6_000; key++) {
        cache.put(key, bytes(key));
      }
      Set<Long> met = new HashSet<>();
      int steps = 0;
      for (Long key : cache.asMap().keySet()) {
        assertThat(met.add(key)).isTrue();
        long changed = steps++ * 7919L % 3_000;
        cache.put(changed, bytes(-changed));
        if (!met.contains(3_000 + changed)) {
          cache.invalidate(3_000 + changed);
        }
      }
      assertThat(met).containsAll(LongStream.range(0, 3_000).boxed().toList());
      assertThat(steps).isBetween(3_000, 6_000);
    }
  }

  @Test
  void whatADiskWithoutRoomLeavesOnTheHeapOnly_isMetToo() {
    try (Firn firn = Firn.in(directory).maximumDiskBytes(16 << 20).executor(Runnable::run).open()) {
      firn.compaction().pause();
      while (!firn.compaction().totals().paused()) {
        Thread.onSpinWait();
      }
      TieredCache<Long, byte[]> cache = numbers(firn, 10_000);
      for (long key = 0; key < 400; key++) {
        cache.put(key, new byte[64 << 10]);
      }
      assertThat(cache.stats().shed()).isPositive();
      assertThat(cache.asMap().keySet().stream().sorted().toList())
          .isEqualTo(LongStream.range(0, 400).boxed().toList());
      Long shed =
          cache.asMap().keySet().stream()
              .filter(key -> cache.asMap().containsKey(key))
              .max(Long::compare)
              .orElseThrow();
      assertThat(cache.asMap().remove(shed)).hasSize(64 << 10);
      assertThat(cache.asMap()).doesNotContainKey(shed).hasSizeLessThan(400);
    }
  }

  @Test
  void expiredEntries_areNotThere() {
    try (Firn firn = Stores.open(directory, time)) {
      ConcurrentMap<String, String> map =
          firn.cache("expiring", Codec.utf8(), Codec.utf8())
              .maximumHotEntries(1)
              .expireAfterWrite(Duration.ofSeconds(10))
              .open()
              .asMap();
      map.put("a", "1");
      map.put("b", "2");
      time.advance(Duration.ofSeconds(5));
      assertThat(map.merge("a", "1", String::concat)).isEqualTo("11");
      time.advance(Duration.ofSeconds(6));
      assertThat(map.containsKey("b")).isFalse();
      assertThat(map.keySet().iterator().next()).isEqualTo("a");
      assertThat(map.computeIfPresent("b", (key, value) -> "never")).isNull();
      assertThat(map.putIfAbsent("b", "3")).isNull();
      assertThat(map.get("b")).isEqualTo("3");
      assertThat(map.replace("b", "2", "x")).isFalse();
      assertThat(map.replace("b", "3", "x")).isTrue();
    }
  }

  @Test
  void arrays_areComparedByContent() {
    try (Firn firn = Stores.open(directory)) {
      ConcurrentMap<Long, byte[]> map = numbers(firn, 0).asMap();
      map.put(1L, new byte[] {1, 2});
      assertThat(map.containsValue(new byte[] {1, 2})).isTrue();
      assertThat(map.remove(1L, new byte[] {1, 3})).isFalse();
      assertThat(map.replace(1L, new byte[] {1, 2}, new byte[] {3})).isTrue();
      assertThat(map.entrySet().contains(Map.entry(1L, new byte[] {3}))).isTrue();
      assertThat(map.remove(1L, new byte[] {3})).isTrue();
      assertThat(map).isEmpty();
    }
  }

  @Test
  void keysThatTheHotTierKnowsByTheirBytes_areMetAsKeys() {
    try (Firn firn = Stores.open(directory)) {
      ConcurrentMap<byte[], String> map =
          firn.cache("arrays", Codec.bytes(), Codec.utf8()).open().asMap();
      map.put(new byte[] {1}, "one");
      map.put(new byte[] {2}, "two");
      assertThat(map.keySet().stream().map(Arrays::toString))
          .containsExactlyInAnyOrder("[1]", "[2]");
      assertThat(map.get(new byte[] {2})).isEqualTo("two");
    }
  }

  @Test
  void aWriteDuringAFunction_makesItRunAgain_withTheNewValue() throws Exception {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 10);
      cache.put("key", "old");
      int[] calls = new int[1];
      String after =
          cache
              .asMap()
              .compute(
                  "key",
                  (key, value) -> {
                    if (calls[0]++ == 0) {
                      CompletableFuture.runAsync(() -> cache.put("key", "new")).join();
                    }
                    return value + "+";
                  });
      assertThat(after).isEqualTo("new+");
      assertThat(calls[0]).isEqualTo(2);
      assertThat(cache.getIfPresent("key")).isEqualTo("new+");
    }
  }

  @Test
  void functionsOfOneKey_runOneAfterAnother_withLoaders() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 10);
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<String> computed =
          CompletableFuture.supplyAsync(
              () ->
                  cache
                      .asMap()
                      .compute(
                          "key",
                          (key, value) -> {
                            inside.countDown();
                            await(go);
                            return "computed";
                          }));
      await(inside);
      CompletableFuture<String> loaded =
          CompletableFuture.supplyAsync(() -> cache.get("key", key -> "loaded"));
      go.countDown();
      assertThat(computed.join()).isEqualTo("computed");
      assertThat(loaded.join()).isEqualTo("computed");
      assertThat(cache.stats().loads()).isZero();
    }
  }

  @Test
  void aFunctionThatUsesItsOwnKey_isRefused_andNothingStaysLocked() {
    try (Firn firn = Stores.open(directory)) {
      ConcurrentMap<String, String> map = Stores.strings(firn, 10).asMap();
      assertThatThrownBy(
              () -> map.compute("key", (key, value) -> map.computeIfAbsent("key", k -> "inner")))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> map.merge("key", "1", (a, b) -> "unused").concat(fail()))
          .hasMessage("a function failed");
      assertThat(map.merge("key", "2", String::concat)).isEqualTo("12");
    }
  }

  private static String fail() {
    throw new IllegalArgumentException("a function failed");
  }

  @Test
  void computeIfAbsent_countsAsAReadAndALoad() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 10);
      assertThat(cache.asMap().computeIfAbsent("key", key -> null)).isNull();
      assertThat(cache.asMap().computeIfAbsent("key", key -> "value")).isEqualTo("value");
      assertThat(cache.asMap().computeIfAbsent("key", key -> "other")).isEqualTo("value");
      assertThat(cache.stats().misses()).isEqualTo(2);
      assertThat(cache.stats().loads()).isEqualTo(2);
      assertThat(cache.stats().hotHits()).isEqualTo(1);
    }
  }

  @Test
  void aClosedCache_refusesEveryUse() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 10);
      ConcurrentMap<String, String> map = cache.asMap();
      map.put("a", "1");
      map.put("b", "2");
      Iterator<String> keys = map.keySet().iterator();
      cache.close();
      assertThatThrownBy(() -> map.get("a")).isInstanceOf(StoreClosedException.class);
      assertThatThrownBy(() -> map.put("a", "2")).isInstanceOf(StoreClosedException.class);
      assertThatThrownBy(map::size).isInstanceOf(StoreClosedException.class);
      assertThatThrownBy(() -> map.entrySet().iterator()).isInstanceOf(StoreClosedException.class);
      assertThat(keys.next()).isIn("a", "b");
      assertThatThrownBy(keys::remove).isInstanceOf(StoreClosedException.class);
    }
  }

  private static TieredCache<Long, byte[]> numbers(Firn firn, long hotEntries) {
    return firn.cache("numbers", Codec.int64(), Codec.bytes()).maximumHotEntries(hotEntries).open();
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
