// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries that expire when nobody reads them; 80 s, so an eighth is 10 s. */
final class ExpireAfterAccessTest {
  private static final Duration IDLE = Duration.ofSeconds(80);
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  @TempDir Path directory;
  private final ManualTime time = new ManualTime();
  private final Queue<Runnable> queued = new ArrayDeque<>();
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Stores.open(directory, time);
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  private TieredCacheBuilder<String, String> options(long hotEntries) {
    return firn.cache("idle", Codec.utf8(), Codec.utf8()).maximumHotEntries(hotEntries);
  }

  /** A cache whose entries are prolonged at once. */
  private TieredCache<String, String> cache(long hotEntries) {
    return options(hotEntries).expireAfterAccess(IDLE).open();
  }

  private TieredCache<String, String> cache(long hotEntries, Executor executor) {
    return options(hotEntries).expireAfterAccess(IDLE).executor(executor).open();
  }

  private void reopen() {
    firn.close();
    firn = Stores.open(directory, time);
  }

  private void work() {
    while (!queued.isEmpty()) {
      queued.remove().run();
    }
  }

  private void advance(long seconds) {
    time.advance(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100})
  void anEntryThatNobodyReadsExpires(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries);
    cache.put("key", "value");
    cache.putAll(Map.of("batch", "value"));
    assertThat(cache.get("loaded", key -> "value")).isEqualTo("value");
    time.advance(IDLE.minus(MILLISECOND));
    assertThat(cache.asMap()).containsOnlyKeys("key", "batch", "loaded");
    time.advance(MILLISECOND);
    assertThat(cache.asMap().keySet().iterator()).isExhausted();
    for (String key : List.of("key", "batch", "loaded")) {
      assertThat(cache.getIfPresent(key)).isNull();
      assertThat(cache.asMap()).doesNotContainKey(key);
    }
  }

  private static Stream<Arguments> reads() {
    List<Consumer<TieredCache<String, String>>> reads =
        List.of(
            cache -> assertThat(cache.getIfPresent("key")).isEqualTo("value"),
            cache -> assertThat(cache.get("key", key -> "loaded")).isEqualTo("value"),
            cache -> assertThat(cache.getAllPresent(List.of("key"))).hasSize(1),
            cache -> assertThat(cache.getAll(List.of("key"), keys -> Map.of())).hasSize(1),
            cache -> assertThat(cache.getIfPresentAsync("key").join()).isEqualTo("value"),
            cache -> assertThat(cache.asMap().get("key")).isEqualTo("value"),
            cache ->
                assertThat(cache.asMap().computeIfAbsent("key", key -> "new")).isEqualTo("value"));
    return Stream.of(0L, 100L).flatMap(hot -> reads.stream().map(read -> Arguments.of(hot, read)));
  }

  @ParameterizedTest
  @MethodSource("reads")
  void everyReadProlongs_onDiskToo(long hotEntries, Consumer<TieredCache<String, String>> read) {
    TieredCache<String, String> cache = cache(hotEntries);
    cache.put("key", "value");
    for (int i = 0; i < 5; i++) {
      advance(79);
      read.accept(cache);
    }
    reopen();
    cache = cache(hotEntries);
    advance(79);
    read.accept(cache);
    time.advance(IDLE.minus(MILLISECOND));
    assertThat(cache.asMap()).containsKey("key");
    time.advance(MILLISECOND);
    assertThat(cache.asMap()).doesNotContainKey("key");
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whateverWroteAnEntry_readsProlongIt(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries);
    cache.putAll(Map.of("batch", "value"));
    cache.asMap().put("map", "value");
    assertThat(cache.get("loaded", key -> "value")).isEqualTo("value");
    assertThat(cache.getAll(List.of("bulk"), keys -> Map.of("bulk", "value"))).hasSize(1);
    List<String> keys = List.of("batch", "map", "loaded", "bulk");
    for (int i = 0; i < 3; i++) {
      advance(79);
      assertThat(cache.getAllPresent(keys)).hasSize(4);
    }
    advance(80);
    assertThat(cache.getAllPresent(keys)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whenAnEntryCouldNotBeWrittenAgain_theNextReadTriesOnceMore(long hotEntries) {
    HookedCodec codec = new HookedCodec();
    TieredCache<String, String> cache = hooked(hotEntries, codec);
    cache.put("key", "value");
    advance(40);
    codec.beforeNextEncode(
        () -> {
          throw new IllegalStateException("no encoding");
        });
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    advance(79);
    assertThat(cache.asMap()).containsKey("key");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void looksThatAreNotReadsDoNotProlong(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries);
    cache.put("key", "value");
    advance(79);
    assertThat(cache.asMap()).containsKey("key").containsValue("value");
    assertThat(cache.asMap().keySet()).containsExactly("key");
    assertThat(cache.asMap().putIfAbsent("key", "unused")).isEqualTo("value");
    advance(1);
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aReadWithinTheFirstEighthWritesNothing(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries, queued::add);
    cache.put("key", "value");
    work();
    advance(10);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(queued).isEmpty();
    time.advance(MILLISECOND);
    for (int i = 0; i < 3; i++) {
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
    }
    assertThat(queued).as("one task for three reads").hasSize(1);
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(queued).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void theExpiryCountsFromTheRead_howeverLateTheExecutorComes(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries, queued::add);
    cache.put("key", "value");
    advance(40);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    advance(30);
    work();
    advance(49);
    assertThat(cache.asMap()).containsKey("key");
    advance(1);
    assertThat(cache.asMap()).doesNotContainKey("key");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void readsWhileTheTaskWaitsCountToo(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries, queued::add);
    cache.put("key", "value");
    work();
    advance(40);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    advance(30);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(queued).hasSize(1);
    work();
    advance(79);
    assertThat(cache.asMap()).containsKey("key");
    advance(1);
    assertThat(cache.asMap()).doesNotContainKey("key");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whatHasExpiredBeforeTheExecutorCameStaysExpired(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries, queued::add);
    cache.put("key", "value");
    advance(79);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    advance(1);
    assertThat(cache.asMap()).doesNotContainKey("key");
    work();
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whatWasWrittenOrRemovedMeanwhileStays(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries, queued::add);
    List<Runnable> changes =
        List.of(
            () -> cache.put("key", "newer"),
            () -> cache.put("key", "newer", IDLE),
            () -> cache.invalidate("key"),
            cache::invalidateAll);
    for (Runnable change : changes) {
      cache.put("key", "value");
      advance(40);
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
      change.run();
      work();
      String after = cache.getIfPresent("key");
      assertThat(after).isIn("newer", null);
      advance(79);
      assertThat(cache.asMap().get("key")).isEqualTo(after);
      advance(1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void besideExpireAfterWriteTheEarlierHolds_toTheMillisecondAndForEver(long hotEntries) {
    Duration lifetime = Duration.ofMillis(200_345);
    time.advance(Duration.ofMillis(777));
    options(hotEntries).expireAfterAccess(IDLE).expireAfterWrite(lifetime).open().put("key", "v");
    advance(50);
    reopen();
    TieredCache<String, String> cache =
        options(hotEntries).expireAfterAccess(IDLE).expireAfterWrite(lifetime).open();
    for (int i = 0; i < 15; i++) {
      assertThat(cache.getIfPresent("key")).isEqualTo("v");
      advance(10);
    }
    assertThat(cache.getIfPresent("key")).isEqualTo("v");
    time.advance(Duration.ofMillis(344));
    assertThat(cache.getIfPresent("key")).isEqualTo("v");
    time.advance(MILLISECOND);
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void anExplicitTimeToLiveIsNotProlonged_alsoAfterARestart(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries);
    cache.put("short", "value", Duration.ofSeconds(30));
    cache.put("long", "value", Duration.ofMinutes(5));
    cache.put("ever", "value", Duration.ofDays(20_000));
    advance(29);
    assertThat(cache.getIfPresent("short")).isEqualTo("value");
    reopen();
    cache = cache(hotEntries);
    assertThat(cache.getIfPresent("short")).isEqualTo("value");
    advance(1);
    assertThat(cache.getIfPresent("short")).isNull();
    advance(269);
    assertThat(cache.getIfPresent("long")).isEqualTo("value");
    advance(1);
    assertThat(cache.getIfPresent("long")).isNull();
    time.advance(Duration.ofDays(9_000));
    assertThat(cache.getIfPresent("ever")).isEqualTo("value");
  }

  @Test
  void whatWasWrittenWithoutTheOptionKeepsItsExpiry_andWithoutItNothingIsProlonged() {
    TieredCache<String, String> plain = options(100).open();
    plain.put("own", "value", Duration.ofSeconds(30));
    plain.put("ever", "value");
    plain.close();
    TieredCache<String, String> cache = cache(100);
    cache.put("idle", "value");
    advance(29);
    assertThat(cache.getAllPresent(List.of("own", "ever", "idle"))).hasSize(3);
    advance(1);
    assertThat(cache.getIfPresent("own")).isNull();
    cache.close();
    plain = options(100).open();
    advance(70);
    assertThat(plain.getIfPresent("idle")).isEqualTo("value");
    advance(9);
    assertThat(plain.getAllPresent(List.of("ever", "idle"))).containsOnlyKeys("ever");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEVER", "SECOND_HIT"})
  void aProlongedEntryIsNotPromotedByThat(String promotion) {
    TieredCache<String, String> cache =
        options(100).expireAfterAccess(IDLE).promotion(Promotion.valueOf(promotion)).open();
    cache.put("key", "value");
    cache.close();
    cache = options(100).expireAfterAccess(IDLE).promotion(Promotion.valueOf(promotion)).open();
    advance(40);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.stats().hotEntries()).isZero();
    advance(79);
    assertThat(cache.asMap()).containsKey("key");
  }

  @Test
  void aPromotedEntryIsProlongedWhereItIs() {
    cache(100).put("key", "value");
    reopen();
    TieredCache<String, String> cache = cache(100);
    advance(40);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.stats().hotEntries()).isEqualTo(1);
    advance(79);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.stats().hotHits()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aReadBesideAReloadOfTheKeyIsNotLost(long hotEntries) {
    TieredCache<String, String> cache =
        options(hotEntries)
            .expireAfterAccess(IDLE)
            .refreshAfterWrite(Duration.ofSeconds(30))
            .executor(queued::add)
            .open();
    cache.put("key", "value");
    work();
    advance(40);
    assertThat(
            cache.get(
                "key",
                key -> {
                  work();
                  throw new IllegalStateException("no value");
                }))
        .isEqualTo("value");
    work();
    assertThat(cache.stats().loadFailures()).isEqualTo(1);
    advance(79);
    assertThat(cache.asMap()).containsKey("key");
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(queued).as("later reads have tasks again").isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whatExpiresWhileItIsWrittenAgainStaysExpired(long hotEntries) {
    HookedCodec codec = new HookedCodec();
    TieredCache<String, String> cache = hooked(hotEntries, codec);
    cache.put("key", "value");
    advance(79);
    codec.beforeNextEncode(() -> advance(1));
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whatIsWrittenOrRemovedWhileItIsWrittenAgainStays(long hotEntries) {
    HookedCodec codec = new HookedCodec();
    TieredCache<String, String> cache = hooked(hotEntries, codec);
    for (String newer : new String[] {"newer", null}) {
      cache.put("key", "value");
      advance(40);
      codec.beforeNextEncode(
          newer == null ? () -> cache.invalidate("key") : () -> cache.put("key", newer));
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
      assertThat(cache.getIfPresent("key")).isEqualTo(newer);
    }
  }

  private TieredCache<String, String> hooked(long hotEntries, HookedCodec codec) {
    return firn.cache("hooked", Codec.utf8(), codec)
        .maximumHotEntries(hotEntries)
        .expireAfterAccess(IDLE)
        .open();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void theTimeOfTheWriteStays_soThatARefreshComesInTime(long hotEntries) {
    TieredCache<String, String> cache =
        options(hotEntries)
            .expireAfterAccess(IDLE)
            .refreshAfterWrite(Duration.ofSeconds(100))
            .open();
    cache.put("key", "value");
    for (int i = 0; i < 10; i++) {
      advance(10);
      assertThat(cache.get("key", key -> "reloaded")).isEqualTo("value");
    }
    advance(1);
    assertThat(cache.get("key", key -> "reloaded")).isEqualTo("value");
    assertThat(cache.getIfPresent("key")).isEqualTo("reloaded");
    assertThat(cache.stats().loads()).isEqualTo(1);
  }

  @Test
  void anExecutorThatIsShutDownHurtsNoReader_norDoesAClosedCache() {
    Queue<Boolean> refused = new ArrayDeque<>(List.of(true));
    TieredCache<String, String> cache =
        cache(
            0,
            task -> {
              if (refused.poll() != null) {
                throw new RejectedExecutionException();
              }
              queued.add(task);
            });
    cache.put("key", "value");
    advance(40);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(queued).isEmpty();
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(queued).hasSize(1);
    cache.close();
    work();
  }

  @Test
  void theHotTierLetsGoOfIdleEntriesWithoutBeingAskedForThem() {
    TieredCache<String, String> cache = cache(100);
    for (int i = 0; i < 50; i++) {
      cache.put("key " + i, "value");
    }
    advance(100);
    cache.put("other", "value");
    assertThat(cache.stats().hotEntries()).isEqualTo(1);
  }

  @Test
  void aShortDurationHoldsToo() {
    TieredCache<String, String> cache = options(0).expireAfterAccess(Duration.ofMillis(3)).open();
    cache.put("key", "value");
    for (int i = 0; i < 10; i++) {
      time.advance(Duration.ofMillis(2));
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
    }
    time.advance(Duration.ofMillis(3));
    assertThat(cache.getIfPresent("key")).isNull();
  }
}
