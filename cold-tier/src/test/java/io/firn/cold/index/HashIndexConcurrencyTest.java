// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Readers beside writers that make the index grow and split; freed tables are overwritten. */
final class HashIndexConcurrencyTest {
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int KEPT = 500;
  private static final int CHANGING = 4_000;
  private static final int CHANGES = 60_000;
  private static final IndexShape SHAPE = new IndexShape(4, 256, 32, 8);

  private final AtomicBoolean running = new AtomicBoolean(true);

  /** The word of the n-th version of a key; the offset tells the key, the segment the version. */
  private static long word(int key, int version) {
    return Address.of(1 + version, 64L * key, 64);
  }

  private static long hash(int key) {
    return key * MIX;
  }

  @Test
  void readers_neverMissAKeyAndNeverSeeAnOlderOrForeignWord() throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    try (IndexFixture fixture = new IndexFixture(SHAPE)) {
      for (int key = 0; key < KEPT; key++) {
        fixture.put(hash(key), word(key, 0));
      }
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        long seed = i;
        readers.add(pool.submit(() -> read(fixture, new Random(seed))));
      }
      Future<?> agent = pool.submit(() -> maintain(fixture));
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int parity = i;
        writers.add(pool.submit(() -> write(fixture, parity)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      running.set(false);
      for (Future<?> reader : readers) {
        reader.get();
      }
      agent.get();
      assertThat(fixture.index.partitions()).hasSizeGreaterThan(8);
      for (int key = 0; key < KEPT; key++) {
        assertThat(Address.withoutVisits(fixture.find(hash(key)))).isNotEqualTo(Address.NONE);
      }
    } finally {
      running.set(false);
      pool.shutdownNow();
    }
  }

  private void read(IndexFixture fixture, Random random) {
    int[] newest = new int[KEPT];
    while (running.get()) {
      int kept = random.nextInt(KEPT);
      long word = fixture.find(hash(kept));
      assertThat(word).as("key %d", kept).isNotEqualTo(Address.NONE);
      assertThat(Address.offset(word)).isEqualTo(64L * kept);
      assertThat(Address.segment(word)).isGreaterThanOrEqualTo(newest[kept]);
      newest[kept] = Address.segment(word);
      fixture.visit(hash(kept), word);
      int changing = KEPT + random.nextInt(CHANGING);
      long found = fixture.find(hash(changing));
      if (found != Address.NONE) {
        assertThat(Address.offset(found)).isEqualTo(64L * changing);
        assertThat(Address.segment(found)).isEqualTo(1);
      }
    }
  }

  /** Puts and removes keys of one parity, and gives those that stay ever newer words. */
  private static void write(IndexFixture fixture, int parity) {
    Random random = new Random(parity);
    int[] versions = new int[KEPT];
    for (int i = 0; i < CHANGES; i++) {
      int kept = 2 * random.nextInt(KEPT / 2) + parity;
      int changing = KEPT + 2 * random.nextInt(CHANGING / 2) + parity;
      if (random.nextInt(3) == 0) {
        fixture.remove(hash(changing));
      } else {
        fixture.put(hash(changing), word(changing, 0));
      }
      long old = word(kept, versions[kept]);
      versions[kept]++;
      assertThat(fixture.replace(hash(kept), old, word(kept, versions[kept]))).isTrue();
    }
  }

  private void maintain(IndexFixture fixture) {
    while (running.get()) {
      fixture.maintain();
    }
  }
}
