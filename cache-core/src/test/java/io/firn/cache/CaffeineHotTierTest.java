// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The per-key step and the generations of the hot tier. */
final class CaffeineHotTierTest {
  private final CaffeineHotTier<String> hot =
      CaffeineHotTier.ofEntries(10, false, new ManualTime(), Runnable::run);

  @Test
  void aValueIsSetOnlyIfItsCommitSaysSo() {
    assertThat(hot.apply("key", "one", Lifetime.NEVER, 1, () -> true)).isTrue();
    assertThat(hot.apply("key", "two", Lifetime.NEVER, 1, () -> false)).isFalse();
    assertThat(hot.get("key")).isEqualTo("one");
    assertThat(hot.apply("key", null, Lifetime.NEVER, 1, () -> true)).isTrue();
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void whatWasCommittedBeforeAClearIsVoidEvenIfItsStepEndsAfterIt() {
    hot.apply(
        "key",
        "before the clear",
        Lifetime.NEVER,
        1,
        () -> {
          hot.clear();
          return true;
        });
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void whatWasReadBeforeAClearIsNotKept() {
    long generation = hot.generation();
    hot.clear();
    boolean unused =
        hot.promote("key", "before the clear", Lifetime.NEVER, 1, generation, () -> true);
    assertThat(hot.get("key")).isNull();
  }

  @Test
  void aPromotionReplacesNothingThatCanBeServed() {
    hot.apply("key", "newer", Lifetime.NEVER, 1, () -> true);
    assertThat(hot.promote("key", "older", Lifetime.NEVER, 1, hot.generation(), () -> true))
        .isFalse();
    assertThat(hot.get("key")).isEqualTo("newer");
    assertThat(hot.promote("absent", "older", Lifetime.NEVER, 1, hot.generation(), () -> false))
        .isFalse();
    assertThat(hot.get("absent")).isNull();
    assertThat(hot.promote("absent", "value", Lifetime.NEVER, 1, hot.generation(), () -> true))
        .isTrue();
    assertThat(hot.get("absent")).isEqualTo("value");
  }
}
