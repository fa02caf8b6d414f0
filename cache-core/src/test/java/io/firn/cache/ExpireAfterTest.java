// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times to live that the user's function says, entry by entry. */
final class ExpireAfterTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path directory;
  private final ManualTime time = new ManualTime();
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Stores.open(directory, time);
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  private TieredCache<String, String> cache(long hotEntries, Expiry<Object, Object> expiry) {
    return firn.cache("own", Codec.utf8(), Codec.utf8())
        .maximumHotEntries(hotEntries)
        .expireAfter(expiry)
        .open();
  }

  /** Each value is the number of seconds that it lives. */
  private static Duration secondsOf(Object key, Object value) {
    return Duration.ofSeconds(Long.parseLong(value.toString()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100})
  void everyWayToWriteAsksForTheTimeToLive(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries, ExpireAfterTest::secondsOf);
    cache.put("put", "10");
    cache.putAll(Map.of("all 1", "10", "all 2", "20"));
    assertThat(cache.get("loaded", key -> "10")).isEqualTo("10");
    assertThat(
            cache.getAll(
                List.of("bulk 1", "bulk 2"),
                keys ->
                    keys.stream()
                        .collect(
                            Collectors.toMap(key -> key, key -> key.endsWith("1") ? "10" : "20"))))
        .hasSize(2);
    cache.asMap().put("map", "10");
    cache.asMap().merge("merged", "20", (a, b) -> a);
    cache.asMap().putAll(Map.of("map all", "10"));
    cache.put("explicit", "10", Duration.ofSeconds(30));
    time.advance(Duration.ofMillis(9_999));
    assertThat(cache.asMap().keySet())
        .containsExactlyInAnyOrder(
            "put",
            "all 1",
            "all 2",
            "loaded",
            "bulk 1",
            "bulk 2",
            "map",
            "merged",
            "map all",
            "explicit");
    time.advance(Duration.ofMillis(1));
    assertThat(cache.asMap().keySet())
        .containsExactlyInAnyOrder("all 2", "bulk 2", "merged", "explicit");
    time.advance(Duration.ofSeconds(10));
    assertThat(cache.getAllPresent(List.of("all 2", "bulk 2", "merged", "explicit")))
        .containsOnlyKeys("explicit");
    time.advance(Duration.ofSeconds(10));
    assertThat(cache.getIfPresent("explicit")).isNull();
  }

  @Test
  void theTimeToLiveIsStoredWithTheEntry() {
    cache(100, ExpireAfterTest::secondsOf).put("key", "10");
    firn.close();
    firn = Stores.open(directory, time);
    time.advance(Duration.ofMillis(9_999));
    TieredCache<String, String> cache = cache(100, (key, value) -> Duration.ofDays(1));
    assertThat(cache.getIfPresent("key")).isEqualTo("10");
    time.advance(Duration.ofMillis(1));
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @Test
  void theHotTierLetsGoOfEntriesWithoutBeingAskedForThem() {
    TieredCache<String, String> cache = cache(100, ExpireAfterTest::secondsOf);
    for (int i = 0; i < 50; i++) {
      cache.put("key " + i, "1");
    }
    time.advance(Duration.ofSeconds(10));
    cache.put("other", "100");
    assertThat(cache.stats().hotEntries()).isEqualTo(1);
  }

  @Test
  void above10_000DaysMeansForEver() {
    TieredCache<String, String> cache = cache(100, (key, value) -> Duration.ofDays(10_001));
    cache.put("key", "value");
    time.advance(Duration.ofDays(20_000));
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  @SuppressWarnings("NullAway") // what callers without a checker may do
  void aWrongTimeToLiveIsRefusedAndChangesNothing(long hotEntries) {
    AtomicReference<Duration> lifetime = new AtomicReference<>(Duration.ofSeconds(1));
    TieredCache<String, String> cache =
        cache(hotEntries, (key, value) -> value.equals("wrong") ? lifetime.get() : MINUTE);
    cache.put("key", "value");
    for (Duration wrong : List.of(Duration.ZERO, Duration.ofMillis(-5))) {
      lifetime.set(wrong);
      String message =
          "time to live by the expiry of cache 'own' is " + wrong + ", must be positive";
      assertThatThrownBy(() -> cache.put("key", "wrong"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> cache.putAll(Map.of("a", "value", "b", "wrong", "c", "value")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> cache.get("loaded", key -> "wrong"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
      assertThatThrownBy(() -> cache.asMap().put("key", "wrong"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(message);
    }
    lifetime.set(null);
    assertThatNullPointerException()
        .isThrownBy(() -> cache.put("key", "wrong"))
        .withMessage("time to live by the expiry of cache 'own'");
    assertThat(cache.asMap()).isEqualTo(Map.of("key", "value"));
    assertThat(cache.get("loaded", key -> "right")).isEqualTo("right");
  }

  @Test
  void anExplicitTimeToLiveGoesBeforeIt() {
    TieredCache<String, String> cache = cache(100, (key, value) -> Duration.ZERO);
    cache.put("key", "value", MINUTE);
    time.advance(MINUTE.minusMillis(1));
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    time.advance(Duration.ofMillis(1));
    assertThat(cache.getIfPresent("key")).isNull();
  }
}
