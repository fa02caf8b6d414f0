// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.engine.Table;
import io.firn.cold.format.Octets;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Several tables share the room of a store that is at its limit. */
final class SeveralTablesTest {
  private static final int TABLES = 6;
  private static final int SEGMENTS = 98;
  private static final long LIMIT = (long) SEGMENTS * SteppedStore.SEGMENT_BYTES;

  /** Of about 400 bytes each: all tables together live in half of the limit. */
  private static final int KEYS = 1_200;

  @Test
  void whatAllTablesKeep_isHalfOfTheLimit_andNothingThatLivesGoes() {
    try (SteppedStore store = SteppedStore.open(new SimDisk(1), LIMIT, new ManualTime(), 1)) {
      List<Table> tables = tables(store);
      SplittableRandom random = new SplittableRandom(1);
      boolean[][] put = new boolean[TABLES][KEYS];
      for (int i = 0; i < 8 * TABLES * KEYS; i++) {
        int table = i % TABLES;
        int key = random.nextInt(KEYS);
        put(tables.get(table), key, i);
        put[table][key] = true;
        int unused = store.step();
      }
      assertThat(store.space().usedBytes()).isLessThanOrEqualTo(LIMIT);
      assertThat(store.compaction().history())
          .isNotEmpty()
          .extracting(JobRecord::kind)
          .doesNotContain(JobKind.EVICTION);
      for (int table = 0; table < TABLES; table++) {
        for (int key = 0; key < KEYS; key++) {
          byte[] found = SteppedStore.get(tables.get(table), SteppedStore.key(key));
          assertThat(found != null).isEqualTo(put[table][key]);
        }
      }
    }
  }

  @Test
  void theGarbageOfATableThatNobodyWritesTo_isRoomForAnother() {
    try (SteppedStore store = SteppedStore.open(new SimDisk(2), LIMIT, new ManualTime(), 1)) {
      List<Table> tables = tables(store);
      int keys = 5 * KEYS;
      for (int key = 0; key < keys; key++) {
        put(tables.get(0), key, 0);
      }
      for (int key = 0; key < keys; key++) {
        if (key % 4 != 0) {
          assertThat(SteppedStore.remove(tables.get(0), SteppedStore.key(key))).isTrue();
        }
      }
      for (int key = 0; key < keys / 2; key++) {
        put(tables.get(1), key, 1);
        int unused = store.step();
      }
      assertThat(store.compaction().history())
          .isNotEmpty()
          .extracting(JobRecord::kind)
          .doesNotContain(JobKind.EVICTION);
      assertThat(tables.get(0).size()).isEqualTo(keys / 4);
      assertThat(tables.get(1).size()).isEqualTo(keys / 2);
    }
  }

  @Test
  void whereEverythingLives_theLargestTableGivesWay() {
    try (SteppedStore store = SteppedStore.open(new SimDisk(3), LIMIT, new ManualTime(), 1)) {
      List<Table> tables = tables(store);
      for (int key = 0; key < KEYS; key++) {
        put(tables.get(0), key, 0);
      }
      for (int key = 0; key < 10 * KEYS; key++) {
        put(tables.get(1), key, 1);
        int unused = store.step();
      }
      assertThat(store.compaction().history())
          .filteredOn(job -> job.kind() == JobKind.EVICTION)
          .isNotEmpty()
          .allMatch(job -> job.cache().equals(tables.get(1).name()));
      assertThat(tables.get(0).size()).isEqualTo(KEYS);
      assertThat(tables.get(1).size()).isLessThan(10 * KEYS);
    }
  }

  private static List<Table> tables(SteppedStore store) {
    List<Table> tables = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      tables.add(store.engine().openTable("table " + i, Octets.EMPTY));
    }
    return tables;
  }

  private static void put(Table table, int key, int round) {
    SteppedStore.put(
        table, SteppedStore.key(key), SteppedStore.value(key, round), SteppedStore.NEVER);
  }
}
