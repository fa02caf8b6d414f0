// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cache.codec.Input;
import io.firn.cache.codec.Output;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.WriteTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes of many keys: all or nothing, and the same in both tiers. */
@Timeout(120)
final class PutAllTest {
  private static final int KEYS = 40;

  @TempDir Path directory;

  private static Map<String, String> entries(int count, String value) {
    Map<String, String> entries = new HashMap<>();
    for (int i = 0; i < count; i++) {
      entries.put("key" + i, value + i);
    }
    return entries;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 100})
  void allEntriesAreStoredInBothTiers(long hotEntries) {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
      cache.put("key1", "old");
      cache.put("other", "stays");
      cache.putAll(entries(10, "new"));
      for (int i = 0; i < 10; i++) {
        assertThat(cache.getIfPresent("key" + i)).isEqualTo("new" + i);
      }
      assertThat(cache.getIfPresent("other")).isEqualTo("stays");
      cache.putAll(Map.of());
      assertThat(cache.estimatedSize()).isEqualTo(11);
    }
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
      for (int i = 0; i < 10; i++) {
        assertThat(cache.getIfPresent("key" + i)).isEqualTo("new" + i);
      }
    }
  }

  @Test
  void entriesExpireLikeThoseOfAPut() {
    ManualTime time = new ManualTime();
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache =
          firn.cache("c", Codec.utf8(), Codec.utf8())
              .expireAfterWrite(Duration.ofSeconds(10))
              .open();
      cache.putAll(entries(3, "v"));
      time.advance(Duration.ofSeconds(9));
      assertThat(cache.getIfPresent("key2")).isEqualTo("v2");
      time.advance(Duration.ofSeconds(1));
      assertThat(cache.getIfPresent("key2")).isNull();
    }
  }

  @Test
  @SuppressWarnings({"NullAway", "unchecked"}) // what callers without a checker may do
  void nullsAreRefusedBeforeAnythingHappens() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      cache.put("a", "old");
      Map<String, @Nullable String> nullValue = new HashMap<>();
      nullValue.put("a", "new");
      nullValue.put("b", null);
      assertThatNullPointerException()
          .isThrownBy(() -> cache.putAll((Map<String, String>) (Map<?, ?>) nullValue))
          .withMessage("value");
      Map<@Nullable String, String> nullKey = new HashMap<>();
      nullKey.put(null, "v");
      nullKey.put("a", "new");
      assertThatNullPointerException()
          .isThrownBy(() -> cache.putAll((Map<String, String>) (Map<?, ?>) nullKey))
          .withMessage("key");
      assertThatNullPointerException().isThrownBy(() -> cache.putAll(null)).withMessage("entries");
      assertThatNullPointerException()
          .isThrownBy(() -> cache.invalidateAll(Arrays.asList("a", null)))
          .withMessage("key");
      assertThat(cache.getIfPresent("a")).isEqualTo("old");
    }
  }

  @Test
  void whatIsTooMuchIsRefusedAsAWhole() {
    try (Firn firn = Firn.in(directory).maximumBatchKeys(5).maximumBatchBytes(4096).open()) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      cache.put("key1", "old");
      assertThatThrownBy(() -> cache.putAll(entries(6, "v")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("5 keys");
      assertThatThrownBy(() -> cache.putAll(entries(4, "v".repeat(1000))))
          .isInstanceOf(OversizedValueException.class);
      assertThatThrownBy(() -> cache.putAll(Map.of("", "empty key", "key1", "v")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(cache.getIfPresent("key1")).isEqualTo("old");
      assertThat(cache.estimatedSize()).isEqualTo(1);
      cache.putAll(entries(5, "v"));
      assertThat(cache.getIfPresent("key1")).isEqualTo("v1");
    }
  }

  @Test
  void removalsOfMoreKeysThanABatchHas_goBatchByBatch() {
    try (Firn firn = Firn.in(directory).maximumBatchKeys(5).maximumBatchBytes(300).open()) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < 23; i++) {
        cache.put("key" + i, "v");
        keys.add("key" + i);
      }
      cache.put("other", "stays");
      keys.add("never there");
      cache.invalidateAll(keys);
      assertThat(cache.estimatedSize()).isEqualTo(1);
      keys.forEach(key -> assertThat(cache.getIfPresent(key)).isNull());
      assertThat(cache.getIfPresent("other")).isEqualTo("stays");
      cache.invalidateAll(List.<String>of());
    }
  }

  /** A codec that lets time pass while it encodes. */
  private record SlowCodec(ManualTime time) implements Codec<String> {
    @Override
    public void encode(String value, Output out) {
      time.advance(Duration.ofSeconds(30));
      Codec.utf8().encode(value, out);
    }

    @Override
    public String decode(Input in) {
      return Codec.utf8().decode(in);
    }
  }

  @Test
  void aBatchThatTakesTooLongIsRefusedAsAWhole() {
    ManualTime time = new ManualTime();
    try (Firn firn =
        Firn.in(directory).clock(time).maximumBatchTime(Duration.ofSeconds(70)).open()) {
      TieredCache<String, String> cache =
          firn.cache("slow", Codec.utf8(), new SlowCodec(time)).open();
      cache.put("key1", "old");
      assertThatThrownBy(() -> cache.putAll(entries(4, "v")))
          .isInstanceOf(WriteTimeoutException.class);
      assertThat(cache.getIfPresent("key1")).isEqualTo("old");
      cache.putAll(entries(2, "v"));
      assertThat(cache.getIfPresent("key1")).isEqualTo("v1");
    }
  }

  @Test
  void aClosedCacheIsATypedError() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      cache.close();
      assertThatThrownBy(() -> cache.putAll(entries(2, "v")))
          .isInstanceOf(StoreClosedException.class);
    }
  }

  /** Writers of single keys and of many meet on few keys; then both tiers must agree. */
  @ParameterizedTest
  @ValueSource(longs = {10, 1000})
  void bothTiersAgreeAfterWritersHaveMet(long hotEntries) throws Exception {
    List<@Nullable String> last = new ArrayList<>();
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
      ExecutorService writers = Executors.newFixedThreadPool(4);
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int number = t;
        running.add(writers.submit(() -> writeAtRandom(cache, number)));
      }
      for (Future<?> each : running) {
        each.get();
      }
      writers.shutdown();
      IntStream.range(0, KEYS).forEach(i -> last.add(cache.getIfPresent("key" + i)));
    }
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 0);
      for (int i = 0; i < KEYS; i++) {
        assertThat(cache.getIfPresent("key" + i)).as("key%d", i).isEqualTo(last.get(i));
      }
    }
  }

  private static void writeAtRandom(TieredCache<String, String> cache, int number) {
    Random random = new Random(number);
    for (int i = 0; i < 3_000; i++) {
      String value = number + "." + i;
      String key = "key" + random.nextInt(KEYS);
      int choice = random.nextInt(100);
      if (choice < 30) {
        cache.put(key, value);
      } else if (choice < 60) {
        Map<String, String> many = new HashMap<>();
        for (int n = random.nextInt(10); n >= 0; n--) {
          many.put("key" + random.nextInt(KEYS), value);
        }
        cache.putAll(many);
      } else if (choice < 65) {
        cache.invalidateAll(List.of(key, "key" + random.nextInt(KEYS)));
      } else if (choice < 66) {
        cache.invalidateAll();
      } else if (choice < 70) {
        String ignored = cache.get(key, k -> value);
      } else {
        String ignored = cache.getIfPresent(key);
      }
    }
  }
}
