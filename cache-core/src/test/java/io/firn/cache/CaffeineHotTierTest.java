// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The per-key step and the generations of the hot tier. */
final class CaffeineHotTierTest {
  private final CaffeineHotTier<String> hot =
      CaffeineHotTier.ofEntries(10, false, new ManualTime(), Runnable::run, key -> {});

  @Test
  void aValueIsSetOnlyIfItsCommitSaysSo() {
    assertThat(hot.apply("key", "one", Lifespan.ENDLESS, 1, () -> 8)).isTrue();
    assertThat(hot.apply("key", "two", Lifespan.ENDLESS, 1, () -> HotTier.NOT_COMMITTED)).isFalse();
    assertThat(hot.get("key")).isEqualTo("one");
    assertThat(hot.apply("key", null, Lifespan.ENDLESS, 1, () -> 0)).isTrue();
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void whatWasCommittedBeforeAClearIsVoidEvenIfItsStepEndsAfterIt() {
    hot.apply(
        "key",
        "before the clear",
        Lifespan.ENDLESS,
        1,
        () -> {
          hot.outdate();
          return 8;
        });
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void whatWasReadBeforeAClearIsNotKept() {
    long generation = hot.generation();
    hot.outdate();
    boolean unused =
        hot.promote("key", "before the clear", Lifespan.ENDLESS, 1, generation, () -> true);
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void aPromotionReplacesNothingThatCanBeServed() {
    hot.apply("key", "newer", Lifespan.ENDLESS, 1, () -> 8);
    assertThat(hot.promote("key", "older", Lifespan.ENDLESS, 1, hot.generation(), () -> true))
        .isFalse();
    assertThat(hot.get("key")).isEqualTo("newer");
    assertThat(hot.promote("absent", "older", Lifespan.ENDLESS, 1, hot.generation(), () -> false))
        .isFalse();
    assertThat(hot.get("absent")).isNull();
    assertThat(hot.promote("absent", "value", Lifespan.ENDLESS, 1, hot.generation(), () -> true))
        .isTrue();
    assertThat(hot.get("absent")).isEqualTo("value");
  }

  @Test
  void aBatchReplacesOlderValuesOnly() {
    hot.apply("key", "at 8", Lifespan.ENDLESS, 1, () -> 8);
    hot.settle("key", "batch at 16", Lifespan.ENDLESS, 1, 16, () -> true);
    assertThat(hot.get("key")).isEqualTo("batch at 16");
    hot.apply("key", "at 24", Lifespan.ENDLESS, 1, () -> 24);
    hot.settle("key", "batch at 20", Lifespan.ENDLESS, 1, 20, () -> false);
    assertThat(hot.get("key")).isEqualTo("at 24");
    hot.settle("key", null, Lifespan.ENDLESS, 1, 32, () -> true);
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void whatABatchFindsOvertakenAndNotHereIsLeftToTheColdTier() {
    boolean unused =
        hot.promote("key", "unknown", Lifespan.ENDLESS, 1, hot.generation(), () -> true);
    hot.settle("key", "batch", Lifespan.ENDLESS, 1, 16, () -> false);
    assertThat(hot.get("key")).isNull();
    hot.settle("key", "batch", Lifespan.ENDLESS, 1, 16, () -> false);
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void aBatchFromBeforeAClearIsVoid() {
    hot.settle(
        "key",
        "batch",
        Lifespan.ENDLESS,
        1,
        16,
        () -> {
          hot.outdate();
          return true;
        });
    assertThat(hot.get("key")).isNull();
  }
}
