// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cold.model.TimeSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad settings fail at the call that made them, with name, value and range. */
final class BuildersTest {
  @TempDir Path directory;

  @Test
  void settingsOfTheStoreOutsideTheirRangeAreRefused() {
    refused(
        store -> store.maximumDiskBytes((16L << 20) - 1),
        "maximumDiskBytes is 16777215, must be 16777216 to 4503599627370496");
    refused(
        store -> store.maximumDiskBytes((1L << 52) + 1),
        "maximumDiskBytes is 4503599627370497, must be 16777216 to 4503599627370496");
    refused(store -> store.maximumValueBytes(0), "maximumValueBytes is 0, must be 1 to 268435456");
    refused(
        store -> store.maximumValueBytes(Long.MAX_VALUE),
        "maximumValueBytes is 9223372036854775807, must be 1 to 268435456");
    refused(
        store -> store.ifLocked(Duration.ofMillis(-1)),
        "ifLocked is PT-0.001S, must be PT0S to PT24H");
    refused(
        store -> store.durability(Durability.async(Duration.ZERO)),
        "interval is PT0S, must be PT0.001S to PT1H");
    refused(
        store -> store.durability(Durability.async(Duration.ofHours(2))),
        "interval is PT2H, must be PT0.001S to PT1H");
  }

  @Test
  void settingsOfACacheOutsideTheirRangeAreRefused() {
    try (Firn firn = Firn.in(directory).maximumValueBytes(1000).open()) {
      refusedByCache(
          firn,
          cache -> cache.maximumHotEntries(-1),
          "maximumHotEntries is -1, must be 0 to 1099511627776");
      refusedByCache(
          firn,
          cache -> cache.maximumHotWeight(0, (key, value) -> 1),
          "maximumHotWeight is 0, must be 1 to 1152921504606846976");
      refusedByCache(
          firn,
          cache -> cache.maximumColdBytes(1 << 20),
          "maximumColdBytes is 1048576, must be 16777216 to 1125899906842624");
      refusedByCache(
          firn,
          cache -> cache.maximumValueBytes(1001),
          "maximumValueBytes is 1001, must be 1 to 1000");
      refusedByCache(
          firn,
          cache -> cache.expireAfterWrite(Duration.ZERO),
          "expireAfterWrite is PT0S, must be positive");
      refusedByCache(
          firn,
          cache -> cache.expireAfterAccess(Duration.ZERO),
          "expireAfterAccess is PT0S, must be positive");
      refusedByCache(
          firn,
          cache -> cache.refreshAfterWrite(Duration.ofMillis(-1)),
          "refreshAfterWrite is PT-0.001S, must be positive");
      assertThatThrownBy(() -> firn.cache("", Codec.utf8(), Codec.utf8()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("name has 0 chars, must have 1 to 255: ''");
      assertThatThrownBy(() -> firn.cache("x".repeat(256), Codec.utf8(), Codec.utf8()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("name has 256 chars");
    }
  }

  @Test
  void eachSettingCanBeGivenOnce() {
    twice("maximumDiskBytes", store -> store.maximumDiskBytes(1L << 30));
    twice("maximumValueBytes", store -> store.maximumValueBytes(1));
    twice("durability", store -> store.durability(Durability.none()));
    twice("ifDamaged", store -> store.ifDamaged(IfDamaged.FAIL));
    twice("ifNewer", store -> store.ifNewer(IfNewer.START_EMPTY));
    twice("ifLocked", store -> store.ifLocked(Duration.ofSeconds(1)));
    twice("maximumBatchBytes", store -> store.maximumBatchBytes(1));
    twice("maximumBatchKeys", store -> store.maximumBatchKeys(1));
    twice("maximumBatchTime", store -> store.maximumBatchTime(Duration.ofSeconds(1)));
    twice("clock", store -> store.clock(Clock.systemUTC()));
    twice("executor", store -> store.executor(Runnable::run));
    try (Firn firn = Stores.open(directory)) {
      twiceByCache(firn, "maximumHotEntries", cache -> cache.maximumHotEntries(5));
      twiceByCache(firn, "maximumHotWeight", cache -> cache.maximumHotWeight(5, (k, v) -> 1));
      twiceByCache(firn, "maximumColdBytes", cache -> cache.maximumColdBytes(1L << 30));
      twiceByCache(firn, "maximumValueBytes", cache -> cache.maximumValueBytes(5));
      twiceByCache(firn, "expireAfterWrite", cache -> cache.expireAfterWrite(Duration.ofDays(1)));
      twiceByCache(
          firn, "expireAfter", cache -> cache.expireAfter((key, value) -> Duration.ofDays(1)));
      twiceByCache(firn, "refreshAfterWrite", cache -> cache.refreshAfterWrite(Duration.ofDays(1)));
      twiceByCache(firn, "expireAfterAccess", cache -> cache.expireAfterAccess(Duration.ofDays(1)));
      twiceByCache(firn, "promotion", cache -> cache.promotion(Promotion.NEVER));
      twiceByCache(firn, "executor", cache -> cache.executor(Runnable::run));
    }
  }

  @Test
  void entriesAndWeightExcludeEachOther() {
    try (Firn firn = Stores.open(directory)) {
      assertThatThrownBy(
              () ->
                  firn.cache("both", Codec.utf8(), Codec.utf8())
                      .maximumHotEntries(5)
                      .maximumHotWeight(6, (key, value) -> 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "maximumHotWeight cannot be used together with maximumHotEntries, which is 5");
      assertThatThrownBy(
              () ->
                  firn.cache("both", Codec.utf8(), Codec.utf8())
                      .maximumHotWeight(6, (key, value) -> 1)
                      .maximumHotEntries(5))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("maximumHotWeight, which is 6");
    }
  }

  @Test
  void expireAfterExcludesTheOtherTwoWaysToExpire() {
    Expiry<String, String> expiry = (key, value) -> Duration.ofDays(1);
    try (Firn firn = Stores.open(directory)) {
      assertThatThrownBy(
              () ->
                  firn.cache("both", Codec.utf8(), Codec.utf8())
                      .expireAfterWrite(Duration.ofDays(1))
                      .expireAfter(expiry))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("expireAfter cannot be used together with expireAfterWrite, which is PT24H");
      assertThatThrownBy(
              () ->
                  firn.cache("both", Codec.utf8(), Codec.utf8())
                      .expireAfter(expiry)
                      .expireAfterWrite(Duration.ofDays(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("expireAfterWrite cannot be used together with expireAfter, ");
      assertThatThrownBy(
              () ->
                  firn.cache("both", Codec.utf8(), Codec.utf8())
                      .expireAfterAccess(Duration.ofDays(1))
                      .expireAfter(expiry))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("expireAfter cannot be used together with expireAfterAccess, which is PT24H");
      assertThatThrownBy(
              () ->
                  firn.cache("both", Codec.utf8(), Codec.utf8())
                      .expireAfter(expiry)
                      .expireAfterAccess(Duration.ofDays(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("expireAfterAccess cannot be used together with expireAfter, ");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without a checker may do
  void nullsAreRefusedByName() {
    assertThatNullPointerException().isThrownBy(() -> Firn.in(null)).withMessage("directory");
    nullRefused("durability", store -> store.durability(null));
    nullRefused("ifDamaged", store -> store.ifDamaged(null));
    nullRefused("ifNewer", store -> store.ifNewer(null));
    nullRefused("wait", store -> store.ifLocked(null));
    nullRefused("time", store -> store.maximumBatchTime(null));
    nullRefused("clock", store -> store.clock((Clock) null));
    nullRefused("clock", store -> store.clock((TimeSource) null));
    nullRefused("executor", store -> store.executor(null));
    try (Firn firn = Stores.open(directory)) {
      assertThatNullPointerException()
          .isThrownBy(() -> firn.cache(null, Codec.utf8(), Codec.utf8()))
          .withMessage("name");
      assertThatNullPointerException()
          .isThrownBy(() -> firn.cache("name", null, Codec.utf8()))
          .withMessage("keys");
      assertThatNullPointerException()
          .isThrownBy(() -> firn.cache("name", Codec.utf8(), null))
          .withMessage("values");
      assertThatNullPointerException()
          .isThrownBy(
              () -> firn.cache("name", Codec.utf8(), Codec.utf8()).maximumHotWeight(1, null))
          .withMessage("weigher");
      assertThatNullPointerException()
          .isThrownBy(() -> firn.cache("name", Codec.utf8(), Codec.utf8()).expireAfter(null))
          .withMessage("expiry");
      assertThatNullPointerException()
          .isThrownBy(() -> firn.cache("name", Codec.utf8(), Codec.utf8()).promotion(null))
          .withMessage("promotion");
    }
  }

  private void nullRefused(String name, Consumer<FirnBuilder> call) {
    assertThatNullPointerException()
        .isThrownBy(() -> call.accept(Firn.in(directory)))
        .withMessage(name);
  }

  private void refused(Consumer<FirnBuilder> call, String message) {
    assertThatThrownBy(() -> call.accept(Firn.in(directory)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private void twice(String name, Consumer<FirnBuilder> call) {
    FirnBuilder store = Firn.in(directory);
    call.accept(store);
    assertThatThrownBy(() -> call.accept(store))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(name + " was already set to ");
  }

  private static void refusedByCache(
      Firn firn, Consumer<TieredCacheBuilder<String, String>> call, String message) {
    TieredCacheBuilder<String, String> cache = firn.cache("c", Codec.utf8(), Codec.utf8());
    assertThatThrownBy(() -> call.accept(cache))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThat(firn.cacheNames()).doesNotContain("c");
  }

  private static void twiceByCache(
      Firn firn, String name, Consumer<TieredCacheBuilder<String, String>> call) {
    TieredCacheBuilder<String, String> cache = firn.cache("c", Codec.utf8(), Codec.utf8());
    call.accept(cache);
    assertThatThrownBy(() -> call.accept(cache))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(name + " was already set to ");
  }
}
