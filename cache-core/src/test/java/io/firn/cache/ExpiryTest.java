// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Times to live over both tiers, by a clock that the test moves. */
final class ExpiryTest {
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  @TempDir Path directory;
  private final ManualTime time = new ManualTime();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100})
  void anEntryIsServedUntilItsTimeToLiveHasPassed(long hotEntries) {
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
      cache.put("short", "value", Duration.ofSeconds(5));
      cache.put("long", "value", Duration.ofSeconds(50));
      cache.put("ever", "value");
      time.advance(Duration.ofSeconds(5).minus(MILLISECOND));
      assertThat(cache.getIfPresent("short")).isEqualTo("value");
      time.advance(MILLISECOND);
      assertThat(cache.getIfPresent("short")).isNull();
      assertThat(cache.getIfPresent("long")).isEqualTo("value");
      time.advance(Duration.ofDays(365));
      assertThat(cache.getIfPresent("long")).isNull();
      assertThat(cache.getIfPresent("ever")).isEqualTo("value");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void expireAfterWriteHoldsForPutsAndLoadsThatDoNotSayOtherwise(long hotEntries) {
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache =
          firn.cache("expiring", Codec.utf8(), Codec.utf8())
              .maximumHotEntries(hotEntries)
              .expireAfterWrite(Duration.ofSeconds(10))
              .open();
      cache.put("put", "value");
      assertThat(cache.get("loaded", key -> "value")).isEqualTo("value");
      cache.put("own", "value", Duration.ofSeconds(20));
      time.advance(Duration.ofSeconds(9));
      assertThat(cache.getIfPresent("put")).isEqualTo("value");
      assertThat(cache.getIfPresent("loaded")).isEqualTo("value");
      time.advance(Duration.ofSeconds(1));
      assertThat(cache.getIfPresent("put")).isNull();
      assertThat(cache.getIfPresent("loaded")).isNull();
      assertThat(cache.getIfPresent("own")).isEqualTo("value");
      assertThat(cache.get("put", key -> "newer")).isEqualTo("newer");
      time.advance(Duration.ofSeconds(9));
      assertThat(cache.getIfPresent("put")).isEqualTo("newer");
    }
  }

  @Test
  void theExpiryTravelsUpWithAPromotedEntry() {
    try (Firn firn = Stores.open(directory, time)) {
      Stores.strings(firn, 100).put("key", "value", Duration.ofSeconds(10));
    }
    time.advance(Duration.ofSeconds(4));
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
      assertThat(cache.stats().promotions()).isEqualTo(1);
      time.advance(Duration.ofSeconds(5));
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
      assertThat(cache.stats().hotHits()).isEqualTo(1);
      time.advance(Duration.ofSeconds(1));
      assertThat(cache.getIfPresent("key")).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aPutWithoutTimeToLiveOutlivesTheEarlierOneWithIt(long hotEntries) {
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
      cache.put("key", "mortal", Duration.ofSeconds(1));
      cache.put("key", "immortal");
      time.advance(Duration.ofDays(1));
      assertThat(cache.getIfPresent("key")).isEqualTo("immortal");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void aClockThatJumpsBackBringsNothingBack(long hotEntries) {
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache = Stores.strings(firn, hotEntries);
      cache.put("key", "value", Duration.ofSeconds(10));
      time.jumpWall(Duration.ofSeconds(10));
      assertThat(cache.getIfPresent("key")).isNull();
      time.jumpWall(Duration.ofMinutes(-1));
      assertThat(cache.getIfPresent("key")).isNull();
      cache.put("key", "again", Duration.ofSeconds(10));
      assertThat(cache.getIfPresent("key")).isEqualTo("again");
      time.advance(Duration.ofSeconds(10));
      assertThat(cache.getIfPresent("key")).isNull();
    }
  }

  @Test
  void theHotTierOfAnExpiringCacheLetsGoOfEntriesWithoutBeingAskedForThem() {
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache =
          firn.cache("expiring", Codec.utf8(), Codec.utf8())
              .expireAfterWrite(Duration.ofHours(1))
              .open();
      for (int i = 0; i < 50; i++) {
        cache.put("key" + i, "value", Duration.ofSeconds(1));
      }
      assertThat(cache.stats().hotEntries()).isEqualTo(50);
      time.advance(Duration.ofSeconds(10));
      cache.put("other", "value");
      assertThat(cache.stats().hotEntries()).isEqualTo(1);
    }
  }

  @Test
  void anyHotTierLetsGoOfAnExpiredEntryThatIsAskedFor() {
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      cache.put("key", "value", Duration.ofSeconds(1));
      time.advance(Duration.ofSeconds(1));
      assertThat(cache.getIfPresent("key")).isNull();
      assertThat(cache.stats().hotEntries()).isZero();
    }
  }

  @Test
  void aTimeToLiveIsRoundedUpAndMustBePositive() {
    try (Firn firn = Stores.open(directory, time)) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      cache.put("tiny", "value", Duration.ofNanos(1));
      assertThat(cache.getIfPresent("tiny")).isEqualTo("value");
      time.advance(MILLISECOND);
      assertThat(cache.getIfPresent("tiny")).isNull();
      cache.put("huge", "value", Duration.ofSeconds(Long.MAX_VALUE));
      time.advance(Duration.ofDays(10_000));
      assertThat(cache.getIfPresent("huge")).isEqualTo("value");
      for (Duration refused : new Duration[] {Duration.ZERO, Duration.ofMillis(-5)}) {
        assertThatThrownBy(() -> cache.put("key", "value", refused))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("timeToLive is " + refused + ", must be positive");
      }
      assertThat(cache.getIfPresent("key")).isNull();
    }
  }

  @Test
  void aClockOfTheJdkDecidesToo() {
    AtomicLong now = new AtomicLong(1_900_000_000_000L);
    Clock clock = new MovableClock(now);
    try (Firn firn = Firn.in(directory).clock(clock).open()) {
      TieredCache<String, String> cache = Stores.strings(firn, 100);
      cache.put("key", "value", Duration.ofHours(1));
      assertThat(cache.getIfPresent("key")).isEqualTo("value");
      now.addAndGet(3_600_000);
      assertThat(cache.getIfPresent("key")).isNull();
    }
  }

  private static final class MovableClock extends Clock {
    private final AtomicLong millis;

    MovableClock(AtomicLong millis) {
      this.millis = millis;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(millis.get());
    }
  }
}
