// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loading: one at a time per key, nothing stale, no circle of waiting. */
@Timeout(120)
final class LoaderTest {
  private static final int THREADS = 16;

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Stores.open(directory);
  }

  @AfterEach
  void closeStore() throws InterruptedException {
    threads.shutdown();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    firn.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100})
  void aLoadedValueIsStored(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    assertThat(cache.get("key", key -> "loaded " + key)).isEqualTo("loaded key");
    assertThat(cache.get("key", key -> "again")).isEqualTo("loaded key");
    assertThat(cache.getIfPresent("key")).isEqualTo("loaded key");
    CacheStats stats = cache.stats();
    assertThat(stats.loads()).isEqualTo(1);
    assertThat(stats.misses()).isEqualTo(1);
    assertThat(stats.hits()).isEqualTo(2);
    cache.close();
    assertThat(Stores.strings(firn, hotEntries).getIfPresent("key")).isEqualTo("loaded key");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void nullIsReturnedAndNotStored(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    Function<String, @Nullable String> none = key -> null;
    assertThat(cache.get("key", none)).isNull();
    assertThat(cache.getIfPresent("key")).isNull();
    assertThat(cache.stats().loads()).isEqualTo(1);
    assertThat(cache.estimatedSize()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whatALoaderThrowsReachesItsCallerAndTheNextCallLoads(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    IllegalStateException thrown = new IllegalStateException("the database is away");
    assertThatThrownBy(
            () ->
                cache.get(
                    "key",
                    key -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThat(cache.stats().loadFailures()).isEqualTo(1);
    assertThat(cache.get("key", key -> "loaded")).isEqualTo("loaded");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void manyCallersOfOneKeyShareOneLoad(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    AtomicInteger loads = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<@Nullable String>> results = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      results.add(
          threads.submit(
              () -> {
                start.await();
                return cache.get("key", key -> "load " + loads.incrementAndGet());
              }));
    }
    for (Future<@Nullable String> result : results) {
      assertThat(result.get()).isEqualTo("load 1");
    }
    assertThat(loads).hasValue(1);
    CacheStats stats = cache.stats();
    assertThat(stats.misses()).isEqualTo(1);
    assertThat(stats.hits()).isEqualTo(THREADS - 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whoWaitedForALoaderThatThrewCallsItsOwn(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayFail = new CountDownLatch(1);
    Future<@Nullable String> failing =
        threads.submit(
            () ->
                cache.get(
                    "key",
                    key -> {
                      loading.countDown();
                      awaitUninterruptibly(mayFail);
                      throw new IllegalStateException("first");
                    }));
    loading.await();
    AtomicInteger own = new AtomicInteger();
    Future<@Nullable String> waiting =
        threads.submit(() -> cache.get("key", key -> "own " + own.incrementAndGet()));
    assertThat(own).hasValue(0);
    mayFail.countDown();
    assertThatThrownBy(failing::get).hasRootCauseMessage("first");
    assertThat(waiting.get()).isEqualTo("own 1");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aPutDuringALoadWins(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    assertThat(loadDuring(cache, () -> cache.put("key", "put"))).isEqualTo("loaded");
    assertThat(cache.getIfPresent("key")).isEqualTo("put");
    cache.invalidate("key");
    assertThat(loadDuring(cache, () -> cache.putAll(Map.of("a", "b", "key", "batch"))))
        .isEqualTo("loaded");
    assertThat(cache.getIfPresent("key")).isEqualTo("batch");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aRemovalDuringALoadKeepsTheLoadedValueOut(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    assertThat(loadDuring(cache, () -> cache.invalidate("key"))).isEqualTo("loaded");
    assertThat(cache.getIfPresent("key")).isNull();
    assertThat(loadDuring(cache, () -> cache.invalidateAll(List.of("key")))).isEqualTo("loaded");
    assertThat(cache.getIfPresent("key")).isNull();
    assertThat(loadDuring(cache, cache::invalidateAll)).isEqualTo("loaded");
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aWriteOfAnotherKeyDuringALoadDoesNotMatter(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    Runnable others =
        () -> {
          for (int i = 0; i < 500; i++) {
            cache.put("other" + i, "value");
          }
        };
    assertThat(loadDuring(cache, others)).isEqualTo("loaded");
    assertThat(cache.getIfPresent("key")).isEqualTo("loaded");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whoComesAfterARemovalDoesNotGetTheOvertakenValue(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    Future<@Nullable String> first =
        threads.submit(
            () ->
                cache.get(
                    "key",
                    key -> {
                      loading.countDown();
                      awaitUninterruptibly(mayReturn);
                      return "before the removal";
                    }));
    loading.await();
    cache.invalidate("key");
    Future<@Nullable String> second =
        threads.submit(() -> cache.get("key", key -> "after the removal"));
    mayReturn.countDown();
    assertThat(first.get()).isEqualTo("before the removal");
    assertThat(second.get()).isEqualTo("after the removal");
    assertThat(cache.getIfPresent("key")).isEqualTo("after the removal");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aLoaderMayLoadOtherKeysAndOtherCaches(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    TieredCache<Long, String> other = firn.cache("other", Codec.int64(), Codec.utf8()).open();
    String value = cache.get("a", a -> cache.get("b", b -> other.get(3L, three -> "deep") + b) + a);
    assertThat(value).isEqualTo("deepba");
    assertThat(cache.getIfPresent("b")).isEqualTo("deepb");
    assertThat(other.getIfPresent(3L)).isEqualTo("deep");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aLoaderThatAsksForItsOwnKeyIsRefused(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    assertThatThrownBy(() -> cache.get("key", key -> cache.get("key", again -> "never")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'strings'");
    assertThat(cache.get("key", key -> "loaded")).isEqualTo("loaded");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void loadersThatNeedEachOthersKeysDoNotBlockEachOther(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    CyclicBarrier bothLoad = new CyclicBarrier(2);
    Future<@Nullable String> one =
        threads.submit(() -> cache.get("a", a -> met(bothLoad) + cache.get("b", b -> "b alone")));
    Future<@Nullable String> two =
        threads.submit(() -> cache.get("b", b -> met(bothLoad) + cache.get("a", a -> "a alone")));
    assertThat(one.get()).startsWith("met ");
    assertThat(two.get()).startsWith("met ");
    assertThat(cache.getIfPresent("a")).isEqualTo(one.get());
    assertThat(cache.getIfPresent("b")).isEqualTo(two.get());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void whoIsInterruptedWhileItWaitsGetsTheValueAndKeepsItsFlag(long hotEntries) throws Exception {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    Future<@Nullable String> first =
        threads.submit(
            () ->
                cache.get(
                    "key",
                    key -> {
                      loading.countDown();
                      awaitUninterruptibly(mayReturn);
                      return "loaded";
                    }));
    loading.await();
    Future<Boolean> second =
        threads.submit(
            () -> {
              Thread.currentThread().interrupt();
              mayReturn.countDown();
              assertThat(cache.get("key", key -> "own")).isEqualTo("loaded");
              return Thread.interrupted();
            });
    assertThat(second.get()).isTrue();
    assertThat(first.get()).isEqualTo("loaded");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aLoadedValueThatIsTooLargeIsReturnedAndCounted(long hotEntries) {
    TieredCache<String, String> cache =
        firn.cache("small", Codec.utf8(), Codec.utf8())
            .maximumHotEntries(hotEntries)
            .maximumValueBytes(10)
            .open();
    assertThat(cache.get("key", key -> "more than ten bytes")).isEqualTo("more than ten bytes");
    assertThat(cache.stats().shed()).isEqualTo(1);
    assertThat(cache.getIfPresent("key")).isNull();
  }

  /** Loads "key" and runs {@code meanwhile} on another thread after the loader was called. */
  private @Nullable String loadDuring(TieredCache<String, String> cache, Runnable meanwhile) {
    return cache.get(
        "key",
        key -> {
          try {
            threads.submit(meanwhile).get();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
          return "loaded";
        });
  }

  private static String met(CyclicBarrier barrier) {
    try {
      int unused = barrier.await();
      return "met ";
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
