// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.compaction.SegmentInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limits of caches inside the limit of their store, from one opening to the next. */
@Timeout(180)
final class LimitsTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final long LIMIT = 16 * MEBIBYTE;
  private static final int KEYS = 7_000;
  private static final int VALUE_BYTES = 4_000;

  @TempDir Path directory;

  private Firn open(long diskBytes) {
    return Firn.in(directory)
        .maximumDiskBytes(diskBytes)
        .durability(Durability.none())
        .executor(Runnable::run)
        .open();
  }

  private static TieredCacheBuilder<Long, byte[]> cache(Firn firn) {
    return firn.cache("c", Codec.int64(), Codec.bytes()).maximumHotEntries(0);
  }

  private static byte[] value(long key) {
    byte[] value = new byte[VALUE_BYTES];
    new SplittableRandom(key).nextBytes(value);
    return value;
  }

  private static void fill(TieredCache<Long, byte[]> cache) {
    for (long key = 0; key < KEYS; key++) {
      cache.put(key, value(key));
    }
  }

  private static long fileBytes(Firn firn) {
    return firn.compaction().segments("c").stream().mapToLong(SegmentInfo::capacityBytes).sum();
  }

  private static void awaitAtMost(long limit, LongSupplier bytes) {
    while (bytes.getAsLong() > limit) {
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static void check(TieredCache<Long, byte[]> cache, int atLeast) {
    int found = 0;
    for (long key = 0; key < KEYS; key++) {
      byte[] value = cache.getIfPresent(key);
      if (value != null) {
        found++;
        assertThat(Arrays.equals(value, value(key))).as("key %s", key).isTrue();
      }
    }
    assertThat(found).isGreaterThanOrEqualTo(atLeast);
    assertThat(cache.stats().damaged()).isZero();
  }

  @Test
  void aLimitAboveThatOfTheStoreIsRefusedWithBoth() {
    try (Firn firn = open(64 * MEBIBYTE)) {
      assertThatThrownBy(() -> cache(firn).maximumColdBytes(64 * MEBIBYTE + 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "maximumColdBytes is 67108865, must be at most the store's maximumDiskBytes,"
                  + " which is 67108864");
      cache(firn).maximumColdBytes(64 * MEBIBYTE).open().close();
    }
  }

  @Test
  void aStoreOfDefaultSize_whichFollowsTheFreeSpace_refusesNoLimit() {
    try (Firn firn = Stores.open(directory)) {
      cache(firn).maximumColdBytes(1L << 50).open().close();
      assertThat(firn.stats().maximumDiskBytes()).isLessThan(1L << 50);
    }
  }

  @Test
  void aCacheBecomesAsSmallAsALowerLimitSays() {
    try (Firn firn = open(256 * MEBIBYTE)) {
      fill(cache(firn).open());
      assertThat(fileBytes(firn)).isGreaterThan(LIMIT + LIMIT / 2);
    }
    try (Firn firn = open(256 * MEBIBYTE)) {
      TieredCache<Long, byte[]> cache = cache(firn).maximumColdBytes(LIMIT).open();
      assertThat(cache.estimatedSize()).isEqualTo(KEYS);
      awaitAtMost(LIMIT, () -> fileBytes(firn));
      check(cache, 100);
      fill(cache);
      assertThat(fileBytes(firn)).isLessThanOrEqualTo(LIMIT);
      check(cache, 100);
      assertThat(firn.verify().findings()).isEmpty();
    }
    try (Firn firn = open(256 * MEBIBYTE)) {
      fill(cache(firn).open());
      assertThat(fileBytes(firn)).as("a limit holds for one opening").isGreaterThan(LIMIT);
    }
  }

  @Test
  void aStoreBecomesAsSmallAsALowerLimitSays() {
    try (Firn firn = open(256 * MEBIBYTE)) {
      fill(cache(firn).open());
      assertThat(firn.stats().diskBytes()).isGreaterThan(LIMIT + LIMIT / 2);
    }
    for (int life = 0; life < 2; life++) {
      try (Firn firn = open(LIMIT)) {
        TieredCache<Long, byte[]> cache = cache(firn).open();
        cache.put(0L, value(0));
        assertThat(cache.getIfPresent(0L)).isEqualTo(value(0));
        awaitAtMost(LIMIT, () -> firn.stats().diskBytes());
        check(cache, 100);
        fill(cache);
        assertThat(firn.stats().diskBytes()).isLessThanOrEqualTo(LIMIT);
        check(cache, 100);
        assertThat(firn.verify().findings()).isEmpty();
      }
    }
  }
}
