// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.memory.Memories;
import org.junit.jupiter.api.Test;

final class IndexMemoryTest {
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int FROM = 1_000_000;
  private static final int TO = 4_000_000;
  private static final int STEP = (TO - FROM) / 60;

  @Test
  void anEntry_takesAtMost24BytesAtTheWorstSizeBetweenOneAndFourMillion() {
    KeyHash keyHash = new KeyHash(1, 2);
    long before = Memories.allocatedBytes();
    double worst = 0;
    try (Epochs epochs = new Epochs();
        HashIndex index =
            new HashIndex(IndexShape.standard(), epochs, new PlainThreads(), GrowthListener.NONE)) {
      byte[] key = new byte[8];
      for (int i = 1; i <= TO; i++) {
        fill(key, i * MIX);
        long hash = keyHash.hash(key);
        index.ensureRoom(hash);
        Partition partition = index.lock(hash);
        partition.put(hash, IndexFixture.word(i));
        partition.unlock();
        if (i >= FROM && (i - FROM) % STEP == 0) {
          epochs.advance();
          epochs.freePast();
          long bytes = Memories.allocatedBytes() - before;
          assertThat(index.memoryBytes()).isEqualTo(bytes);
          worst = Math.max(worst, (double) bytes / i);
        }
      }
      assertThat(index.size()).isEqualTo(TO);
    }
    assertThat(worst).isBetween(16.0, 24.0);
  }

  private static void fill(byte[] key, long value) {
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (value >>> (8 * i));
    }
  }
}
