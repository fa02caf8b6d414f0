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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One caller, both tiers: without a hot tier, with one of 2 entries, with one that holds all. */
final class TieredCacheTest {
  @TempDir Path directory;
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Stores.open(directory);
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 1000})
  void readsBackWhatWasPut(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    for (int i = 0; i < 200; i++) {
      cache.put("key" + i, "value" + i);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(cache.getIfPresent("key" + i)).isEqualTo("value" + i);
    }
    assertThat(cache.getIfPresent("key200")).isNull();
    assertThat(cache.estimatedSize()).isEqualTo(200);
    CacheStats stats = cache.stats();
    assertThat(stats.hits()).isEqualTo(200);
    assertThat(stats.misses()).isEqualTo(1);
    assertThat(stats.coldEntries()).isEqualTo(200);
    assertThat(stats.hotEntries()).isLessThanOrEqualTo(hotEntries);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 1000})
  void aLaterPutReplacesTheEarlierInBothTiers(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 20; i++) {
        cache.put("key" + i, "value" + round + "." + i);
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(cache.getIfPresent("key" + i)).isEqualTo("value2." + i);
    }
    assertThat(cache.estimatedSize()).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 1000})
  void invalidateRemovesFromBothTiers(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    for (int i = 0; i < 10; i++) {
      cache.put("key" + i, "value" + i);
    }
    cache.invalidate("key3");
    cache.invalidate("never there");
    assertThat(cache.getIfPresent("key3")).isNull();
    cache.invalidateAll(List.of("key4", "never there", "key5", "never there either"));
    assertThat(cache.getIfPresent("key4")).isNull();
    assertThat(cache.getIfPresent("key5")).isNull();
    assertThat(cache.getIfPresent("key6")).isEqualTo("value6");
    cache.invalidateAll(List.of());
    assertThat(cache.estimatedSize()).isEqualTo(7);
    cache.invalidateAll();
    for (int i = 0; i < 10; i++) {
      assertThat(cache.getIfPresent("key" + i)).isNull();
    }
    assertThat(cache.estimatedSize()).isZero();
    cache.put("key1", "again");
    assertThat(cache.getIfPresent("key1")).isEqualTo("again");
  }

  @Test
  void aHotEntryIsServedFromTheHeapAndAColdOneFromDiskOnce() {
    TieredCache<String, String> cache = Stores.strings(firn, 1000);
    cache.put("key", "value");
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.stats().hotHits()).isEqualTo(1);
    cache.close();

    TieredCache<String, String> reopened = Stores.strings(firn, 1000);
    assertThat(reopened.getIfPresent("key")).isEqualTo("value");
    assertThat(reopened.getIfPresent("key")).isEqualTo("value");
    CacheStats stats = reopened.stats();
    assertThat(stats.coldHits()).isEqualTo(1);
    assertThat(stats.promotions()).isEqualTo(1);
    assertThat(stats.hotHits()).isEqualTo(1);
    assertThat(stats.hitRate()).isEqualTo(1.0);
  }

  @Test
  void withoutHotTierEveryHitIsCold() {
    TieredCache<String, String> cache = Stores.strings(firn, 0);
    cache.put("key", "value");
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    CacheStats stats = cache.stats();
    assertThat(stats.coldHits()).isEqualTo(2);
    assertThat(stats.hotHits()).isZero();
    assertThat(stats.promotions()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 1000})
  void keysAreComparedByTheirBytes(long hotEntries) {
    TieredCache<byte[], byte[]> cache =
        firn.cache("bytes", Codec.bytes(), Codec.bytes()).maximumHotEntries(hotEntries).open();
    byte[] key = {1, 2, 3};
    cache.put(key, new byte[] {10});
    cache.put(new byte[] {1, 2, 3}, new byte[] {11});
    assertThat(cache.getIfPresent(key)).containsExactly(11);
    key[0] = 9;
    assertThat(cache.getIfPresent(new byte[] {1, 2, 3})).containsExactly(11);
    assertThat(cache.getIfPresent(key)).isNull();
    cache.invalidate(new byte[] {1, 2, 3});
    assertThat(cache.getIfPresent(new byte[] {1, 2, 3})).isNull();
  }

  @Test
  void theHotTierIsBoundedByWeight() {
    TieredCache<String, String> cache =
        firn.cache("weighed", Codec.utf8(), Codec.utf8())
            .maximumHotWeight(10, (key, value) -> value.length())
            .open();
    cache.put("large", "12345678901");
    for (int i = 0; i < 20; i++) {
      cache.put("key" + i, "1234");
    }
    assertThat(cache.stats().hotEntries()).isLessThanOrEqualTo(2);
    assertThat(cache.getIfPresent("large")).isEqualTo("12345678901");
    assertThat(cache.estimatedSize()).isEqualTo(21);
  }

  @Test
  void aNegativeWeightIsRefusedBeforeAnythingIsStored() {
    TieredCache<String, String> cache =
        firn.cache("weighed", Codec.utf8(), Codec.utf8())
            .maximumHotWeight(10, (key, value) -> -1)
            .open();
    assertThatThrownBy(() -> cache.put("key", "value"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("weight is -1");
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2})
  void takesValuesOfEveryLengthUpToTheMaximum(long hotEntries) {
    TieredCache<String, byte[]> cache =
        firn.cache("sizes", Codec.utf8(), Codec.bytes())
            .maximumHotEntries(hotEntries)
            .maximumValueBytes(70_000)
            .open();
    for (int length : new int[] {0, 1, 255, 256, 257, 16_383, 16_384, 16_385, 69_999, 70_000}) {
      byte[] value = new byte[length];
      Arrays.fill(value, (byte) length);
      cache.put("key" + length, value);
    }
    for (int length : new int[] {0, 1, 255, 256, 257, 16_383, 16_384, 16_385, 69_999, 70_000}) {
      byte[] expected = new byte[length];
      Arrays.fill(expected, (byte) length);
      assertThat(cache.getIfPresent("key" + length)).isEqualTo(expected);
    }
    cache.put("key", new byte[1]);
    assertThatThrownBy(() -> cache.put("key", new byte[70_001]))
        .isInstanceOf(OversizedValueException.class)
        .hasMessageContaining("'sizes'")
        .hasMessageContaining("70001")
        .hasMessageContaining("70000");
    assertThat(cache.getIfPresent("key")).containsExactly(0);
  }

  @Test
  void anEmptyKeyIsRefusedByEveryOperation() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    for (Runnable operation : operations(cache, "", "value", key -> "loaded")) {
      assertThatThrownBy(operation::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("key encodes to 0 bytes, must be at least 1");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without a checker may do
  void nullsAreRefusedByName() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    for (Runnable operation : operations(cache, null, "value", key -> "loaded")) {
      assertThatNullPointerException().isThrownBy(operation::run).withMessage("key");
    }
    assertThatNullPointerException().isThrownBy(() -> cache.put("key", null)).withMessage("value");
    assertThatNullPointerException()
        .isThrownBy(() -> cache.put("key", "value", null))
        .withMessage("timeToLive");
    assertThatNullPointerException().isThrownBy(() -> cache.get("key", null)).withMessage("loader");
    assertThatNullPointerException()
        .isThrownBy(() -> cache.invalidateAll((Iterable<String>) null))
        .withMessage("keys");
    assertThat(cache.estimatedSize()).isZero();
  }

  @Test
  void useAfterCloseIsTyped() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    cache.put("key", "value");
    cache.close();
    cache.close();
    for (Runnable operation : operations(cache, "key", "value", key -> "loaded")) {
      assertThatThrownBy(operation::run)
          .isInstanceOf(StoreClosedException.class)
          .hasMessageContaining("strings");
    }
    assertThatThrownBy(cache::invalidateAll).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(cache::estimatedSize).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(cache::stats).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(cache::flush).isInstanceOf(StoreClosedException.class);
    assertThat(cache.name()).isEqualTo("strings");
  }

  @Test
  void aCodecThatThrowsOnDecodeMakesTheReadACountedMiss() {
    TieredCache<String, String> strings = Stores.strings(firn, 10);
    strings.put("key", "nine bytes");
    strings.close();
    Codec<Long> unnamed =
        new Codec<>() {
          @Override
          public void encode(Long value, Output out) {
            Codec.int64().encode(value, out);
          }

          @Override
          public Long decode(Input in) {
            return Codec.int64().decode(in);
          }
        };
    TieredCache<String, Long> longs =
        firn.cache("strings", Codec.utf8(), unnamed).maximumHotEntries(10).open();
    assertThat(longs.getIfPresent("key")).isNull();
    assertThat(longs.stats().undecodable()).isEqualTo(1);
    assertThat(longs.stats().misses()).isEqualTo(1);
    assertThat(longs.get("key", key -> 5L)).isEqualTo(5);
    assertThat(longs.getIfPresent("key")).isEqualTo(5);
  }

  @Test
  void whatACodecThrowsOnEncodeReachesTheCallerAndNothingChanges() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    cache.put("key", "value");
    assertThatThrownBy(() -> cache.put("key", "half a pair \uD800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("surrogate");
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 10})
  void anInterruptedCallerKeepsItsFlagAndLosesNothing(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    Thread.currentThread().interrupt();
    cache.put("key", "value");
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.get("other", key -> "loaded")).isEqualTo("loaded");
    cache.invalidate("key");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(cache.getIfPresent("key")).isNull();
    assertThat(cache.getIfPresent("other")).isEqualTo("loaded");
  }

  private static List<Runnable> operations(
      TieredCache<String, String> cache,
      String key,
      String value,
      Function<String, @Nullable String> loader) {
    return List.of(
        () -> cache.put(key, value),
        () -> cache.put(key, value, Duration.ofSeconds(1)),
        () -> assertThat(cache.getIfPresent(key)).isNull(),
        () -> assertThat(cache.get(key, loader)).isNull(),
        () -> cache.invalidate(key),
        () -> cache.invalidateAll(Arrays.asList(key)));
  }

  @Test
  void valuesOfAnotherStoreOfBytesAreNotMixedUp() {
    TieredCache<String, byte[]> one = firn.cache("one", Codec.utf8(), Codec.bytes()).open();
    TieredCache<String, byte[]> two = firn.cache("two", Codec.utf8(), Codec.bytes()).open();
    one.put("key", "1".getBytes(StandardCharsets.UTF_8));
    two.put("key", "2".getBytes(StandardCharsets.UTF_8));
    one.invalidateAll();
    assertThat(one.getIfPresent("key")).isNull();
    assertThat(two.getIfPresent("key")).containsExactly('2');
  }
}
