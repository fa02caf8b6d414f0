// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cold.model.StoreClosedException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The forms that do not make the caller wait for the disk. */
@Timeout(120)
final class AsyncTest {
  @TempDir Path directory;
  private final Queue<Runnable> queued = new ArrayDeque<>();
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Firn.in(directory).executor(Runnable::run).open();
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  /** A cache whose executor does nothing until it is told. */
  private TieredCache<String, String> cache(long hotEntries) {
    return firn.cache("async", Codec.utf8(), Codec.utf8())
        .maximumHotEntries(hotEntries)
        .executor(queued::add)
        .open();
  }

  private void work() {
    while (!queued.isEmpty()) {
      queued.remove().run();
    }
  }

  @Test
  void whatIsOnTheHeapIsThereAtOnce() {
    TieredCache<String, String> cache = cache(10);
    cache.put("key", "value");
    assertThat(cache.getIfPresentAsync("key")).isCompletedWithValue("value");
    assertThat(cache.getAsync("key", key -> "loaded")).isCompletedWithValue("value");
    assertThat(cache.stats().hotHits()).isEqualTo(2);
  }

  @Test
  void whatIsOnDiskOrIsLoadedIsLeftToTheExecutor() {
    TieredCache<String, String> cache = cache(0);
    cache.put("key", "value");
    work();
    CompletableFuture<String> read = cache.getIfPresentAsync("key");
    CompletableFuture<String> loaded = cache.getAsync("other", key -> "loaded");
    CompletableFuture<Map<String, String>> present = cache.getAllPresentAsync(List.of("key", "x"));
    CompletableFuture<Map<String, String>> all =
        cache.getAllAsync(List.of("key", "y"), keys -> Map.of("y", "loaded"));
    CompletableFuture<Void> put = cache.putAsync("put", "value");
    assertThat(read).isNotDone();
    assertThat(loaded).isNotDone();
    assertThat(cache.stats().coldHits() + cache.stats().misses()).isZero();
    work();
    assertThat(read).isCompletedWithValue("value");
    assertThat(loaded).isCompletedWithValue("loaded");
    assertThat(present).isCompletedWithValue(Map.of("key", "value"));
    assertThat(all).isCompletedWithValue(Map.of("key", "value", "y", "loaded"));
    assertThat(put).isCompleted();
    assertThat(cache.getIfPresent("put")).isEqualTo("value");
    CompletableFuture<Void> removed = cache.invalidateAsync("put");
    work();
    assertThat(removed).isCompleted();
    assertThat(cache.getIfPresent("put")).isNull();
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without a checker may do
  void failuresReachTheFuture_andWrongArgumentsTheCaller() {
    TieredCache<String, String> cache = cache(10);
    IllegalStateException thrown = new IllegalStateException("the database is away");
    CompletableFuture<String> failed =
        cache.getAsync(
            "key",
            key -> {
              throw thrown;
            });
    CompletableFuture<String> late = cache.getIfPresentAsync("key");
    queued.remove().run();
    assertThatThrownBy(failed::join).isInstanceOf(CompletionException.class).hasCause(thrown);
    assertThatThrownBy(() -> cache.getAllAsync(Arrays.asList("key", null), keys -> Map.of()))
        .isInstanceOf(NullPointerException.class);
    cache.close();
    work();
    assertThatThrownBy(late::join).hasCauseInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> cache.getIfPresentAsync("key"))
        .isInstanceOf(StoreClosedException.class);
  }

  /* Those who wait for the load must not take the thread that the loader needs. */
  @Test
  void loadersThatNeedTheSamePoolDoNotStarveBehindThoseWhoWait() {
    ForkJoinPool pool = new ForkJoinPool(2);
    try {
      TieredCache<String, String> cache =
          firn.cache("pool", Codec.utf8(), Codec.utf8()).executor(pool).open();
      CountDownLatch loading = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      CompletableFuture<String> first =
          cache.getAsync(
              "key",
              key -> {
                loading.countDown();
                await(go);
                return CompletableFuture.supplyAsync(() -> "from the pool", pool).join();
              });
      await(loading);
      List<CompletableFuture<String>> others =
          IntStream.range(0, 8).mapToObj(i -> cache.getAsync("key", key -> "unused")).toList();
      go.countDown();
      assertThat(first.join()).isEqualTo("from the pool");
      others.forEach(other -> assertThat(other.join()).isEqualTo("from the pool"));
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void aThousandThreadsThatAskForOneKey_makeOneLoad() throws Exception {
    TieredCache<String, String> cache =
        firn.cache("stampede", Codec.utf8(), Codec.utf8()).maximumHotEntries(10).open();
    AtomicInteger loads = new AtomicInteger();
    AtomicInteger right = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(1_000);
    List<Thread> threads =
        IntStream.range(0, 1_000)
            .mapToObj(
                i ->
                    CallerThreads.start(
                        () -> {
                          all.countDown();
                          await(all);
                          String value = cache.get("key", key -> "load " + loads.incrementAndGet());
                          if ("load 1".equals(value)) {
                            int unused = right.incrementAndGet();
                          }
                        }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(loads.get()).isEqualTo(1);
    assertThat(right.get()).isEqualTo(1_000);
    assertThat(cache.stats().loads()).isEqualTo(1);
    assertThat(cache.stats().misses()).isEqualTo(1);
    assertThat(cache.stats().hits()).isEqualTo(999);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
