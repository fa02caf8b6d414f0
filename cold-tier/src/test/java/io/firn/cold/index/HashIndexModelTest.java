// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded sequences of operations on an index and on a map, which must agree after each. */
final class HashIndexModelTest {
  private static final int OPERATIONS = 8_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void index_doesWhatAMapDoes(long seed) {
    Random random = new Random(seed);
    int spread = 1 << (3 + random.nextInt(8));
    IndexShape shape =
        new IndexShape(
            4 + random.nextInt(20),
            4 + random.nextInt(200),
            4 + random.nextInt(30),
            1 + random.nextInt(6));
    Map<Long, Long> model = new HashMap<>();
    try (IndexFixture fixture = new IndexFixture(shape)) {
      for (int i = 0; i < OPERATIONS; i++) {
        step(random, spread, model, fixture, i);
        if (i % 64 == 0) {
          fixture.maintain();
        }
        if (i % 1_000 == 0) {
          assertSame(fixture.index, model);
        }
      }
      assertSame(fixture.index, model);
      fixture.maintain();
      assertThat(fixture.index.memoryBytes()).isEqualTo(capacity(fixture.index) * 16);
    }
  }

  private static void step(
      Random random, int spread, Map<Long, Long> model, IndexFixture fixture, int number) {
    long hash = IndexFixture.hash(random, spread);
    long word = IndexFixture.word(number);
    long before = model.getOrDefault(hash, Address.NONE);
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        assertThat(fixture.put(hash, word)).isEqualTo(before);
        model.put(hash, word);
      }
      case 4, 5 -> {
        assertThat(fixture.remove(hash)).isEqualTo(before);
        model.remove(hash);
      }
      case 6 -> {
        boolean wrong = random.nextBoolean();
        long expected = wrong ? before + 4_096 : Address.withoutVisits(before);
        boolean replaced = fixture.replace(hash, expected, word);
        assertThat(replaced).isEqualTo(before != Address.NONE && !wrong);
        if (replaced) {
          model.put(hash, word);
        }
      }
      case 7 -> {
        boolean visited = fixture.visit(hash, before);
        assertThat(visited)
            .isEqualTo(before != Address.NONE && Address.visits(before) < Address.MAX_VISITS);
        if (visited) {
          model.put(hash, before + 1);
        }
      }
      default -> {
        if (random.nextInt(1_000) == 0) {
          clear(fixture, model);
        }
      }
    }
    assertThat(fixture.find(hash)).isEqualTo(model.getOrDefault(hash, Address.NONE));
  }

  private static void clear(IndexFixture fixture, Map<Long, Long> model) {
    Map<Long, Long> swept = new HashMap<>();
    fixture.index.lockAll(
        partitions -> {
          for (Partition partition : partitions) {
            try (Detached detached = partition.clear()) {
              detached.forEach(swept::put);
            }
          }
        });
    assertThat(swept).isEqualTo(model);
    model.clear();
  }

  private static void assertSame(HashIndex index, Map<Long, Long> model) {
    Map<Long, Long> found = new HashMap<>();
    List<Partition> partitions = new ArrayList<>(index.partitions());
    long next = 0;
    for (Partition partition : partitions) {
      long start = (long) partition.prefix() << (32 - partition.prefixBits());
      assertThat(start).isEqualTo(next);
      next = start + (1L << (32 - partition.prefixBits()));
      partition.lock();
      partition.forEach(
          (hash, word) -> {
            assertThat(partition.owns(hash)).isTrue();
            assertThat(found.put(hash, word)).isNull();
          });
      partition.unlock();
    }
    assertThat(next).isEqualTo(1L << 32);
    assertThat(found).isEqualTo(model);
    assertThat(index.size()).isEqualTo(model.size());
  }

  private static long capacity(HashIndex index) {
    return index.partitions().stream().mapToLong(Partition::capacity).sum();
  }
}
