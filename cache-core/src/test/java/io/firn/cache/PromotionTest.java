// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a value that was read on disk is kept on the heap. */
final class PromotionTest {
  @TempDir Path directory;
  private Firn firn;

  @BeforeEach
  void openStore() {
    firn = Stores.open(directory);
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  /** A cache with two entries on disk and none on the heap. */
  private TieredCache<String, String> cache(Promotion promotion) {
    try (TieredCache<String, String> cache = Stores.strings(firn, 100)) {
      cache.put("key", "value");
      cache.put("other", "value");
    }
    return firn.cache("strings", Codec.utf8(), Codec.utf8()).promotion(promotion).open();
  }

  @Test
  void byDefaultTheFirstReadPromotes() {
    cache(Promotion.ALWAYS).close();
    TieredCache<String, String> cache = Stores.strings(firn, 100);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.stats().promotions()).isEqualTo(1);
    assertThat(cache.stats().hotEntries()).isEqualTo(1);
  }

  @Test
  void theSecondReadPromotes_andAfterThatItTakesTwoAgain() {
    TieredCache<String, String> cache = cache(Promotion.SECOND_HIT);
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.getIfPresent("other")).isEqualTo("value");
    assertThat(cache.stats().promotions()).isZero();
    assertThat(cache.stats().hotEntries()).isZero();
    assertThat(cache.get("key", key -> "loaded")).isEqualTo("value");
    assertThat(cache.stats().promotions()).isEqualTo(1);
    assertThat(cache.getAll(List.of("key", "other"), keys -> Map.of()))
        .isEqualTo(Map.of("key", "value", "other", "value"));
    CacheStats stats = cache.stats();
    assertThat(stats.promotions()).isEqualTo(2);
    assertThat(stats.coldHits()).isEqualTo(4);
    assertThat(stats.hotHits()).isEqualTo(1);
  }

  @Test
  void neverMeansThatReadsLeaveTheHeapAlone() {
    TieredCache<String, String> cache = cache(Promotion.NEVER);
    for (int i = 0; i < 5; i++) {
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
    }
    assertThat(cache.stats().promotions()).isZero();
    assertThat(cache.stats().coldHits()).isEqualTo(5);
    cache.put("key", "written");
    assertThat(cache.get("loaded", key -> "value")).isEqualTo("value");
    assertThat(cache.stats().hotEntries()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void looksThatAreNotReadsNeverPromote(Promotion promotion) {
    TieredCache<String, String> cache = cache(promotion);
    for (int i = 0; i < 3; i++) {
      assertThat(cache.asMap()).containsKey("key").containsValue("value").hasSize(2);
      assertThat(cache.asMap().entrySet()).contains(Map.entry("other", "value"));
      assertThat(cache.asMap().putIfAbsent("key", "unused")).isEqualTo("value");
    }
    assertThat(cache.stats().promotions()).isZero();
    assertThat(cache.stats().hotEntries()).isZero();
    assertThat(cache.getIfPresent("key")).isEqualTo("value");
    assertThat(cache.stats().promotions()).isEqualTo(promotion == Promotion.ALWAYS ? 1 : 0);
  }

  @Test
  void coldHitsHaveABoundAndForgetTheOldest() {
    assertThat(new ColdHits(0).places()).isEqualTo(ColdHits.LEAST_PLACES);
    assertThat(new ColdHits(10_000).places()).isEqualTo(16_384);
    assertThat(new ColdHits(16_384).places()).isEqualTo(16_384);
    assertThat(new ColdHits(Long.MAX_VALUE).places()).isEqualTo(ColdHits.MOST_PLACES);
    ColdHits hits = new ColdHits(0);
    Random random = new Random(7);
    long first = random.nextLong();
    assertThat(hits.isSecond(first)).isFalse();
    assertThat(hits.isSecond(first)).isTrue();
    assertThat(hits.isSecond(first)).isFalse();
    for (int i = 0; i < 20 * ColdHits.LEAST_PLACES; i++) {
      assertThat(hits.isSecond(random.nextLong())).isFalse();
    }
    assertThat(hits.isSecond(first)).isFalse();
    assertThat(hits.isSecond(5)).isFalse();
    assertThat(hits.isSecond(5)).as("a hash whose upper half is 0").isTrue();
  }
}
