// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.EvacuationFixture.put;
import static io.firn.cold.engine.EvacuationFixture.seal;
import static io.firn.cold.engine.EvacuationFixture.word;
import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.Address;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads that are counted by segment, in samples. */
final class ReadCountTest {
  private static final int KEYS = 2_000;
  private static final int SAMPLE = ReadScratch.READS_PER_SAMPLE;

  @ParameterizedTest
  @ValueSource(longs = {0, 16 << 20})
  void reads_countForTheSegmentThatIsRead_fromDiskAndFromMemory(long mapped) throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(1), StillStore.mapped(mapped))) {
      Map<Integer, Integer> keys = fill(store);
      int hot = keys.keySet().iterator().next();
      read(store, keys, hot, 10 * SAMPLE - 1);
      assertThat(reads(store)).containsEntry(hot, 9L * SAMPLE);
      read(store, keys, hot, 1);
      Map<Integer, Long> counted = reads(store);
      assertThat(counted.remove(hot)).isEqualTo(10L * SAMPLE);
      assertThat(counted.values()).isNotEmpty().containsOnly(0L);
    }
  }

  @Test
  void whoReadsInRounds_isMetAtEveryPlaceOfThem() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(2))) {
      Map<Integer, Integer> keys = fill(store);
      var segments = keys.keySet().iterator();
      int once = segments.next();
      int often = segments.next();
      for (int round = 0; round < SAMPLE; round++) {
        read(store, keys, once, 1);
        read(store, keys, often, 63);
      }
      assertThat(reads(store)).containsEntry(once, (long) SAMPLE);
      assertThat(reads(store)).containsEntry(often, 63L * SAMPLE);
    }
  }

  @Test
  void onlyWhatCallersFind_counts_sinceTheStoreWasOpened() throws IOException {
    SimDisk disk = new SimDisk(3);
    try (StillStore store = StillStore.open(disk)) {
      Map<Integer, Integer> keys = fill(store);
      for (int i = 0; i < 2 * SAMPLE; i++) {
        assertThat(StillStore.get(store.table(), KEYS + i)).isNull();
      }
      assertThat(new StoreSpace(store.engine()).verify(store.table()).isClean()).isTrue();
      assertThat(reads(store).values()).containsOnly(0L);
      read(store, keys, keys.keySet().iterator().next(), SAMPLE);
      assertThat(reads(store).values()).contains((long) SAMPLE);
    }
    try (StillStore store = StillStore.open(disk)) {
      assertThat(reads(store).values()).isNotEmpty().containsOnly(0L);
    }
  }

  /** Fills several segments; returns a key of each. */
  private static Map<Integer, Integer> fill(StillStore store) {
    put(store.table(), 0, KEYS, 0);
    seal(store);
    Map<Integer, Integer> keys = new TreeMap<>();
    for (int key = 0; key < KEYS; key += 50) {
      int unused = keys.merge(Address.segment(word(store.table(), key)), key, Math::min);
    }
    assertThat(keys).hasSizeGreaterThan(1);
    return keys;
  }

  private static void read(StillStore store, Map<Integer, Integer> keys, int segment, int times) {
    int key = keys.getOrDefault(segment, -1);
    for (int i = 0; i < times; i++) {
      assertThat(StillStore.get(store.table(), key)).isEqualTo(StillStore.value(key, 0));
    }
  }

  private static Map<Integer, Long> reads(StillStore store) {
    Map<Integer, Long> reads = new TreeMap<>();
    for (SegmentUsage usage : new StoreSpace(store.engine()).segments(store.table())) {
      reads.put(usage.number(), usage.reads());
    }
    return reads;
  }
}
