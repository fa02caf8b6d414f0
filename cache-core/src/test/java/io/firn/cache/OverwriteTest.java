// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same keys written again and again: the room of what was overwritten comes back. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OverwriteTest {
  private static final int KEYS = 20_000;
  private static final int ROUNDS = 16;
  private static final int VALUE_BYTES = 800;
  private static final long DISK_BYTES = 128 << 20;

  @TempDir Path directory;

  @Test
  void aStoreOfBoundedSizeTakesManyTimesItsSize() {
    try (Firn firn = Firn.in(directory).maximumDiskBytes(DISK_BYTES).open()) {
      TieredCache<Long, byte[]> cache =
          firn.cache("overwritten", Codec.int64(), Codec.bytes()).maximumHotEntries(10).open();
      for (int round = 0; round < ROUNDS; round++) {
        for (long key = 0; key < KEYS; key++) {
          cache.put(key, value(key, round));
        }
        firn.flush();
        assertThat(firn.stats().diskBytes()).isLessThanOrEqualTo(DISK_BYTES);
        // Else a worker that is held up could leave so little room that live values are evicted.
        while (firn.stats().diskBytes() > DISK_BYTES / 2) {
          Thread.onSpinWait();
        }
        for (long key = round; key < KEYS; key += 100) {
          byte[] found = cache.getIfPresent(key);
          assertThat(found != null && Arrays.equals(found, value(key, round)))
              .as("key %d in round %d", key, round)
              .isTrue();
        }
      }
      assertThat(cache.stats().shed()).isZero();
      assertThat(cache.estimatedSize()).isEqualTo(KEYS);
    }
  }

  private static byte[] value(long key, int round) {
    byte[] bytes = new byte[VALUE_BYTES];
    ByteBuffer.wrap(bytes).putLong(key).putInt(round);
    return bytes;
  }
}
