// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreLockedException;
import io.firn.cold.model.StoreState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store: its caches by name, opening, closing, restart. */
final class FirnTest {
  @TempDir Path directory;

  @Test
  void cachesAreFoundByNameWhetherOpenOrNot() {
    try (Firn firn = Stores.open(directory)) {
      assertThat(firn.cacheNames()).isEmpty();
      firn.cache("one", Codec.utf8(), Codec.utf8()).open().close();
      firn.cache("zwei / \u4e8c ..", Codec.utf8(), Codec.utf8()).open().put("key", "value");
      assertThat(firn.cacheNames()).containsExactlyInAnyOrder("one", "zwei / \u4e8c ..");
    }
    try (Firn firn = Stores.open(directory)) {
      assertThat(firn.cacheNames()).containsExactlyInAnyOrder("one", "zwei / \u4e8c ..");
      assertThat(
              firn.cache("zwei / \u4e8c ..", Codec.utf8(), Codec.utf8()).open().getIfPresent("key"))
          .isEqualTo("value");
    }
  }

  @Test
  void aCacheIsOpenOnce() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 10);
      assertThatThrownBy(() -> Stores.strings(firn, 10))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("cache 'strings' is already open");
      cache.put("key", "value");
      cache.close();
      assertThat(Stores.strings(firn, 10).getIfPresent("key")).isEqualTo("value");
    }
  }

  @Test
  void aDroppedCacheIsClosedAndGone() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 10);
      cache.put("key", "value");
      firn.drop("strings");
      firn.drop("never there");
      assertThat(firn.cacheNames()).isEmpty();
      assertThatThrownBy(() -> cache.getIfPresent("key")).isInstanceOf(StoreClosedException.class);
      assertThat(Stores.strings(firn, 10).getIfPresent("key")).isNull();
    }
    try (Firn firn = Stores.open(directory)) {
      assertThat(Stores.strings(firn, 10).getIfPresent("key")).isNull();
    }
  }

  @Test
  void statsTellTheStateOfTheStoreAndSinceWhen() {
    Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    try (Firn firn = Stores.open(directory)) {
      Stores.strings(firn, 10).put("key", "value");
      FirnStats stats = firn.stats();
      assertThat(stats.state()).isEqualTo(StoreState.OK);
      assertThat(stats.stateReason()).isEmpty();
      assertThat(stats.stateSince()).isBetween(before, Instant.now());
    }
  }

  @Test
  void closingTheStoreClosesItsCaches() {
    Firn firn = Stores.open(directory);
    TieredCache<String, String> cache = Stores.strings(firn, 10);
    cache.put("key", "value");
    firn.close();
    firn.close();
    cache.close();
    assertThatThrownBy(() -> cache.getIfPresent("key")).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(firn::cacheNames).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(firn::stats).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(firn::flush).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> firn.drop("strings")).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> Stores.strings(firn, 1)).isInstanceOf(StoreClosedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none()", "async", "sync()"})
  void aRestartKeepsEverythingInEveryDurability(String mode) {
    try (Firn firn = Firn.in(directory).durability(durability(mode)).open()) {
      TieredCache<String, String> cache = Stores.strings(firn, 2);
      for (int i = 0; i < 300; i++) {
        cache.put("key" + i, "old" + i);
        cache.put("key" + i, "value" + i);
      }
      cache.invalidate("key7");
      cache.flush();
      cache.put("after", "the flush");
    }
    try (Firn firn = Firn.in(directory).durability(durability(mode)).open()) {
      TieredCache<String, String> cache = Stores.strings(firn, 2);
      for (int i = 0; i < 300; i++) {
        assertThat(cache.getIfPresent("key" + i)).isEqualTo(i == 7 ? null : "value" + i);
      }
      assertThat(cache.getIfPresent("after")).isEqualTo("the flush");
      assertThat(cache.estimatedSize()).isEqualTo(300);
      assertThat(cache.stats().coldHits()).isEqualTo(300);
    }
  }

  @Test
  void aClearedCacheIsStillEmptyAfterARestart() {
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 2);
      cache.put("before", "value");
      cache.invalidateAll();
      cache.put("after", "value");
    }
    try (Firn firn = Stores.open(directory)) {
      TieredCache<String, String> cache = Stores.strings(firn, 2);
      assertThat(cache.getIfPresent("before")).isNull();
      assertThat(cache.getIfPresent("after")).isEqualTo("value");
    }
  }

  @Test
  void aSecondOpenerIsToldThatTheStoreIsHeld() {
    try (Firn firn = Stores.open(directory)) {
      assertThatThrownBy(() -> Stores.open(directory))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining(directory.toString());
      assertThatThrownBy(() -> Firn.in(directory).ifLocked(Duration.ofMillis(20)).open())
          .isInstanceOf(StoreLockedException.class);
      assertThat(firn.cacheNames()).isEmpty();
    }
    Stores.open(directory).close();
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsATypedError() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "not a store");
    assertThatThrownBy(() -> Stores.open(file))
        .isInstanceOf(FirnException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).hasContent("not a store");
  }

  @Test
  void aMissingDirectoryIsCreated() {
    try (Firn firn = Stores.open(directory.resolve("a/b/c"))) {
      Stores.strings(firn, 1).put("key", "value");
      assertThat(directory.resolve("a/b/c")).isDirectory();
    }
  }

  private static Durability durability(String mode) {
    return switch (mode) {
      case "none()" -> Durability.none();
      case "sync()" -> Durability.sync();
      default -> Durability.async(Duration.ofMillis(10));
    };
  }
}
