// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reloads of old entries, by an executor that does nothing until it is told. */
final class RefreshTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  @TempDir Path directory;
  private final ManualTime time = new ManualTime();
  private final Queue<Runnable> queued = new ArrayDeque<>();
  private final List<String> loaded = new ArrayList<>();
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Stores.open(directory, time);
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  private TieredCache<String, String> cache(long hotEntries, Executor executor) {
    return firn.cache("refreshed", Codec.utf8(), Codec.utf8())
        .maximumHotEntries(hotEntries)
        .refreshAfterWrite(MINUTE)
        .expireAfterWrite(MINUTE.multipliedBy(10))
        .executor(executor)
        .open();
  }

  private TieredCache<String, String> cache(long hotEntries) {
    return cache(hotEntries, queued::add);
  }

  /** A cache with an entry that is old. */
  private TieredCache<String, String> oldEntry(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries);
    cache.put("key", "old");
    time.advance(MINUTE.plus(MILLISECOND));
    return cache;
  }

  private void work() {
    while (!queued.isEmpty()) {
      queued.remove().run();
    }
  }

  private String load(String key) {
    loaded.add(key);
    return "load " + loaded.size();
  }

  private static String fail(String key) {
    throw new IllegalStateException("no value of " + key);
  }

  private static void get(
      TieredCache<String, String> cache, Function<String, @Nullable String> loader) {
    assertThat(cache.get("key", loader)).isEqualTo("old");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void anOldEntryIsServedAndLoadedAnewInTheBackground(long hotEntries) {
    TieredCache<String, String> cache = cache(hotEntries);
    cache.put("key", "old");
    time.advance(MINUTE.minus(Duration.ofSeconds(1)));
    get(cache, this::load);
    work();
    assertThat(loaded).isEmpty();
    time.advance(Duration.ofSeconds(1).plus(MILLISECOND));
    get(cache, this::load);
    get(cache, this::load);
    assertThat(cache.getAsync("key", this::load)).isNotNull();
    assertThat(loaded).isEmpty();
    work();
    assertThat(loaded).containsExactly("key");
    assertThat(cache.getIfPresent("key")).isEqualTo("load 1");
    assertThat(cache.get("key", this::load)).isEqualTo("load 1");
    work();
    assertThat(loaded).hasSize(1);
    time.advance(MINUTE.plusSeconds(1));
    assertThat(cache.get("key", this::load)).isEqualTo("load 1");
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("load 2");
    CacheStats stats = cache.stats();
    assertThat(stats.loads()).isEqualTo(2);
    assertThat(stats.misses()).isZero();
  }

  @Test
  void onTheHeapTheAgeIsExact() {
    TieredCache<String, String> cache = cache(100);
    time.advance(Duration.ofMillis(700));
    cache.put("key", "old");
    time.advance(MINUTE);
    get(cache, this::load);
    work();
    assertThat(loaded).isEmpty();
    time.advance(MILLISECOND);
    get(cache, this::load);
    work();
    assertThat(loaded).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void theAgeIsKnownAfterARestart(long hotEntries) {
    cache(hotEntries).put("key", "old");
    firn.close();
    firn = Stores.open(directory, time);
    TieredCache<String, String> cache = cache(hotEntries);
    time.advance(MINUTE.minusSeconds(1));
    get(cache, this::load);
    time.advance(Duration.ofSeconds(2));
    work();
    assertThat(loaded).isEmpty();
    get(cache, this::load);
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("load 1");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void getAllReloadsEachOldKeyOnItsOwn_andAsyncFormsToo(long hotEntries) {
    TieredCache<String, String> cache = oldEntry(hotEntries);
    cache.put("fresh", "value");
    List<Integer> sizes = new ArrayList<>();
    Function<Set<String>, Map<String, String>> loader =
        keys -> {
          sizes.add(keys.size());
          return keys.stream().collect(Collectors.toMap(key -> key, this::load));
        };
    assertThat(cache.getAll(List.of("key", "fresh"), loader))
        .isEqualTo(Map.of("key", "old", "fresh", "value"));
    work();
    assertThat(sizes).containsExactly(1);
    assertThat(loaded).containsExactly("key");
    assertThat(cache.getIfPresent("key")).isEqualTo("load 1");
    time.advance(MINUTE.plusSeconds(1));
    assertThat(cache.getAsync("key", this::load)).isNotNull();
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("load 2");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void readsWithoutALoaderStartNothing(long hotEntries) {
    TieredCache<String, String> cache = oldEntry(hotEntries);
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("old");
    assertThat(cache.getAllPresent(List.of("key"))).hasSize(1);
    assertThat(cache.asMap().get("key")).isEqualTo("old");
    assertThat(cache.stats().loads()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whatWasWrittenOrRemovedMeanwhileStays(long hotEntries) {
    TieredCache<String, String> cache = oldEntry(hotEntries);
    get(
        cache,
        key -> {
          cache.put(key, "written");
          return "loaded";
        });
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("written");
    time.advance(MINUTE.plusSeconds(1));
    assertThat(
            cache.get(
                "key",
                key -> {
                  cache.invalidate(key);
                  return "loaded";
                }))
        .isEqualTo("written");
    work();
    assertThat(cache.getIfPresent("key")).isNull();
    cache.put("key", "old");
    time.advance(MINUTE.plusSeconds(1));
    get(
        cache,
        key -> {
          cache.invalidateAll();
          return "loaded";
        });
    work();
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whatWasRemovedOrWrittenBeforeTheReloadBeginsIsNotLoaded(long hotEntries) {
    TieredCache<String, String> cache = oldEntry(hotEntries);
    get(cache, this::load);
    cache.invalidate("key");
    work();
    assertThat(cache.getIfPresent("key")).isNull();
    cache.put("key", "old");
    time.advance(MINUTE.plusSeconds(1));
    get(cache, this::load);
    cache.put("key", "newer");
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("newer");
    cache.put("key", "old");
    time.advance(MINUTE.plusSeconds(1));
    get(cache, this::load);
    time.advance(MINUTE.multipliedBy(10));
    work();
    assertThat(cache.getIfPresent("key")).isNull();
    assertThat(loaded).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aLoaderThatThrowsLeavesTheValue_andTheNextReadTriesAgain(long hotEntries) {
    TieredCache<String, String> cache = oldEntry(hotEntries);
    get(cache, RefreshTest::fail);
    work();
    get(cache, this::load);
    assertThat(cache.stats().loadFailures()).isEqualTo(1);
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("load 1");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void nullRemovesTheEntryUnlessItWasWrittenMeanwhile(long hotEntries) {
    TieredCache<String, String> cache = oldEntry(hotEntries);
    get(cache, key -> null);
    get(cache, key -> null);
    work();
    assertThat(cache.getIfPresent("key")).isNull();
    assertThat(cache.estimatedSize()).isZero();
    cache.put("key", "old");
    time.advance(MINUTE.plusSeconds(1));
    get(
        cache,
        key -> {
          cache.put(key, "written");
          return null;
        });
    work();
    assertThat(cache.getIfPresent("key")).isEqualTo("written");
  }

  @Test
  void theKeyOfAnUpdateIsNotReloadedMeanwhile() {
    TieredCache<String, String> cache = oldEntry(100);
    assertThat(
            cache
                .asMap()
                .compute(
                    "key",
                    (key, present) -> {
                      get(cache, this::load);
                      work();
                      return present + "er";
                    }))
        .isEqualTo("older");
    assertThat(loaded).isEmpty();
    assertThat(cache.getIfPresent("key")).isEqualTo("older");
  }

  @Test
  void aReloadLivesAsLongAsALoad() {
    TieredCache<String, String> cache = cache(100);
    cache.put("key", "old", Duration.ofHours(1));
    time.advance(MINUTE.multipliedBy(2));
    get(cache, this::load);
    work();
    time.advance(MINUTE.multipliedBy(10).minus(MILLISECOND));
    assertThat(cache.getIfPresent("key")).isEqualTo("load 1");
    time.advance(MILLISECOND);
    assertThat(cache.getIfPresent("key")).isNull();
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
    cache.put("key", "old");
    time.advance(MINUTE.plusSeconds(1));
    get(cache, this::load);
    assertThat(queued).isEmpty();
    get(cache, this::load);
    assertThat(queued).hasSize(1);
    cache.close();
    work();
    assertThat(loaded).isEmpty();
  }

  @Test
  void keysThatAreEqualByTheirBytesHaveOneReload() {
    TieredCache<byte[], String> cache =
        firn.cache("bytes", Codec.bytes(), Codec.utf8())
            .refreshAfterWrite(MINUTE)
            .executor(queued::add)
            .open();
    cache.put(new byte[] {1}, "old");
    work();
    time.advance(MINUTE.plusSeconds(1));
    for (int i = 0; i < 3; i++) {
      assertThat(cache.get(new byte[] {1}, key -> load("key"))).isEqualTo("old");
    }
    assertThat(queued).hasSize(1);
    work();
    assertThat(loaded).hasSize(1);
  }
}
