// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.WriteTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that has no room for a write: nothing stale, and the promise of each durability. */
@Timeout(120)
final class FullDiskTest {
  private static final int VALUE_BYTES = 64 << 10;
  private static final int KEYS = 600;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {0, 8, 10_000})
  void withoutSyncAValueIsShedAndItsOlderVersionIsGone(long hotEntries) {
    try (Firn firn = full(Durability.async(Duration.ofMillis(10)))) {
      TieredCache<Long, byte[]> cache = open(firn, hotEntries);
      for (int version = 1; version <= 2; version++) {
        for (long key = 0; key < KEYS; key++) {
          cache.put(key, value(key, version));
        }
      }
      assertThat(cache.stats().shed()).isPositive();
      int present = 0;
      for (long key = 0; key < KEYS; key++) {
        byte[] found = cache.getIfPresent(key);
        if (found != null) {
          assertThat(Arrays.equals(found, value(key, 2))).as("key %d", key).isTrue();
          present++;
        }
      }
      assertThat(present).isBetween(hotEntries < KEYS ? 1 : KEYS, KEYS);
      long shed = cache.stats().shed();
      byte[] loaded = cache.get(9_999L, key -> value(key, 1));
      assertThat(loaded).isEqualTo(value(9_999, 1));
      assertThat(cache.stats().shed()).isGreaterThanOrEqualTo(shed);
    }
    try (Firn firn = full(Durability.none())) {
      TieredCache<Long, byte[]> cache = open(firn, hotEntries);
      for (long key = 0; key < KEYS; key++) {
        byte[] found = cache.getIfPresent(key);
        assertThat(found == null || Arrays.equals(found, value(key, 2))).as("key %d", key).isTrue();
      }
    }
  }

  @Test
  void withSyncThePutFailsAndTheOlderVersionIsGone() {
    try (Firn firn = full(Durability.sync())) {
      TieredCache<Long, byte[]> cache = open(firn, 8);
      cache.put(-1L, value(-1, 1));
      long refused = fillUntilRefused(cache);
      assertThat(cache.getIfPresent(refused)).isNull();
      assertThatThrownBy(() -> cache.put(-1L, new byte[8 << 20]))
          .isInstanceOfAny(DiskFullException.class, WriteTimeoutException.class);
      assertThat(cache.getIfPresent(-1L)).isNull();
      assertThat(cache.getIfPresent(0L)).isEqualTo(value(0, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBatchFailsAsAWholeAndOlderVersionsStay(boolean sync) {
    Durability durability = sync ? Durability.sync() : Durability.async(Duration.ofMillis(10));
    try (Firn firn = full(durability)) {
      TieredCache<Long, byte[]> cache = open(firn, 8);
      cache.put(-1L, value(-1, 1));
      boolean refused = false;
      for (long key = 0; key < KEYS && !refused; key += 4) {
        Map<Long, byte[]> entries = new HashMap<>();
        entries.put(-1L, value(-1, 1));
        for (long i = key; i < key + 4; i++) {
          entries.put(i, value(i, 1));
        }
        entries.put(0L, value(0, 1));
        try {
          cache.putAll(entries);
        } catch (DiskFullException e) {
          refused = true;
          for (long i = Math.max(1, key); i < key + 4; i++) {
            assertThat(cache.getIfPresent(i)).isNull();
          }
        }
      }
      assertThat(refused).isTrue();
      assertThat(cache.getIfPresent(-1L)).isEqualTo(value(-1, 1));
      assertThat(cache.getIfPresent(0L)).isEqualTo(value(0, 1));
      assertThat(cache.stats().shed()).isZero();
    }
  }

  private static long fillUntilRefused(TieredCache<Long, byte[]> cache) {
    for (long key = 0; ; key++) {
      try {
        cache.put(key, value(key, 1));
      } catch (DiskFullException | WriteTimeoutException e) {
        return key;
      }
    }
  }

  /** Opens a store in which nobody makes room, so that writers do not wait for any. */
  private Firn full(Durability durability) {
    Firn firn =
        Firn.in(directory)
            .maximumDiskBytes(16 << 20)
            .durability(durability)
            .executor(Runnable::run)
            .open();
    firn.compaction().pause();
    while (!firn.compaction().totals().paused()) {
      Thread.onSpinWait();
    }
    return firn;
  }

  private static TieredCache<Long, byte[]> open(Firn firn, long hotEntries) {
    return firn.cache("full", Codec.int64(), Codec.bytes()).maximumHotEntries(hotEntries).open();
  }

  private static byte[] value(long key, int version) {
    byte[] bytes = new byte[VALUE_BYTES];
    ByteBuffer.wrap(bytes).putLong(key).putInt(version);
    return bytes;
  }
}
