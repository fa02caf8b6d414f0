// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and loading many keys at once. */
@Timeout(120)
final class BulkTest {
  @TempDir Path directory;
  private final List<Set<String>> calls = new ArrayList<>();
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Stores.open(directory);
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  private Map<String, String> load(Set<String> keys) {
    calls.add(Set.copyOf(keys));
    return keys.stream().collect(Collectors.toMap(key -> key, key -> "loaded " + key));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 100})
  void whatIsPresentIsRead_inTheOrderOfTheKeys_andCounted(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    for (int i = 0; i < 50; i++) {
      cache.put("k" + i, "v" + i);
    }
    Map<String, String> found =
        cache.getAllPresent(List.of("k31", "none", "k7", "k31", "k49", "k0"));
    assertThat(found.keySet()).containsExactly("k31", "k7", "k49", "k0");
    assertThat(found.values()).containsExactly("v31", "v7", "v49", "v0");
    assertThat(cache.stats().hits()).isEqualTo(4);
    assertThat(cache.stats().misses()).isEqualTo(1);
    assertThatThrownBy(() -> found.put("x", "y")).isInstanceOf(UnsupportedOperationException.class);
    assertThat(cache.getAllPresent(List.of())).isEmpty();
    assertThatThrownBy(() -> cache.getAllPresent(Arrays.asList("k1", null)))
        .isInstanceOf(NullPointerException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 100})
  void whatIsMissingIsLoadedWithOneCall_andStored(long hotEntries) {
    TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
    cache.put("b", "stored b");
    Map<String, String> all = cache.getAll(List.of("a", "b", "c"), this::load);
    assertThat(all)
        .containsExactly(
            Map.entry("a", "loaded a"), Map.entry("b", "stored b"), Map.entry("c", "loaded c"));
    assertThat(calls).containsExactly(Set.of("a", "c"));
    assertThat(cache.getAll(List.of("c", "a"), this::load)).hasSize(2);
    assertThat(calls).hasSize(1);
    assertThat(cache.stats().loads()).isEqualTo(1);
    assertThat(cache.stats().misses()).isEqualTo(2);
    cache.close();
    assertThat(Stores.strings(firn, hotEntries).getAllPresent(List.of("a", "b", "c")))
        .isEqualTo(all);
  }

  @Test
  void whatTheLoaderLeavesOutIsLeftOut_andWhatItAddsIsKept_unlessItIsThere() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    cache.put("there", "older");
    assertThat(
            cache.getAll(
                List.of("a", "b"), keys -> Map.of("a", "1", "more", "2", "there", "newer")))
        .containsExactly(Map.entry("a", "1"));
    assertThat(cache.getIfPresent("more")).isEqualTo("2");
    assertThat(cache.getIfPresent("there")).isEqualTo("older");
    Map<String, String> withNull = new HashMap<>();
    withNull.put("c", null);
    assertThat(cache.getAll(List.of("c"), keys -> withNull)).isEmpty();
    assertThatThrownBy(() -> cache.getAll(List.of("d"), keys -> null))
        .isInstanceOf(NullPointerException.class);
    assertThat(cache.stats().loadFailures()).isEqualTo(1);
  }

  @Test
  void whatTheLoaderThrowsReachesTheCaller_andTheNextCallLoads() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    IllegalStateException thrown = new IllegalStateException("the database is away");
    assertThatThrownBy(
            () ->
                cache.getAll(
                    List.of("a", "b"),
                    keys -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThat(cache.stats().loadFailures()).isEqualTo(1);
    assertThat(cache.getAll(List.of("a", "b"), this::load)).hasSize(2);
  }

  @Test
  void aLoaderThatAsksForItsOwnKeyIsRefused() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    assertThatThrownBy(
            () -> cache.getAll(List.of("a", "b"), keys -> cache.getAll(List.of("b"), this::load)))
        .isInstanceOf(IllegalStateException.class);
    assertThat(cache.getAll(List.of("a", "b"), this::load)).hasSize(2);
  }

  @Test
  void keysThatEncodeAlikeAreLoadedOnce() {
    TieredCache<byte[], String> cache = firn.cache("arrays", Codec.bytes(), Codec.utf8()).open();
    byte[] one = {1};
    byte[] same = {1};
    int[] loads = new int[1];
    Map<byte[], String> all =
        cache.getAll(
            List.of(one, same),
            keys -> {
              loads[0] += keys.size();
              return keys.stream().collect(Collectors.toMap(key -> key, key -> "loaded"));
            });
    assertThat(all.values()).containsExactly("loaded", "loaded");
    assertThat(loads[0]).isEqualTo(1);
  }

  @Test
  void aKeyThatAnotherLoadsIsWaitedFor_afterTheOwnCall() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<String> single =
        CompletableFuture.supplyAsync(
            () ->
                cache.get(
                    "b",
                    key -> {
                      loading.countDown();
                      await(go);
                      return "by the other";
                    }));
    await(loading);
    Map<String, String> all =
        cache.getAll(
            List.of("a", "b", "c"),
            keys -> {
              go.countDown();
              return load(keys);
            });
    assertThat(all).containsEntry("b", "by the other").hasSize(3);
    assertThat(calls).containsExactly(Set.of("a", "c"));
    assertThat(single.join()).isEqualTo("by the other");
  }

  @Test
  void aWriteDuringALoadWins() {
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    Map<String, String> all =
        cache.getAll(
            List.of("a", "b"),
            keys -> {
              CompletableFuture.runAsync(() -> cache.put("a", "written")).join();
              return load(keys);
            });
    assertThat(all).containsEntry("a", "loaded a");
    assertThat(cache.getIfPresent("a")).isEqualTo("written");
    assertThat(cache.getIfPresent("b")).isEqualTo("loaded b");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
