// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreLockedException;
import io.firn.cold.segment.FreeSpaceMap;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The store on a real disk, as its users see it. */
final class ColdStoreTest {
  @TempDir Path directory;

  private static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(int i, int round) {
    byte[] bytes = new byte[new Random(i * 31L + round).nextInt(2000)];
    new Random(i * 7L + round).nextBytes(bytes);
    return bytes;
  }

  private ColdStore open() {
    return ColdStore.open(directory, StoreOptions.builder().maximumDiskBytes(512L << 20).build());
  }

  @Test
  void everything_survivesACloseAndAnotherOpen() {
    try (ColdStore store = open()) {
      ColdTable table = store.table("t", TableOptions.defaults());
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20_000; i++) {
          table.put(key(i), value(i, round), ColdTable.NEVER);
        }
      }
      for (int i = 0; i < 20_000; i += 10) {
        assertThat(table.remove(key(i))).isTrue();
      }
      check(table);
    }
    for (int again = 0; again < 2; again++) {
      try (ColdStore store = open()) {
        assertThat(store.stats().recovery().clean()).isTrue();
        assertThat(store.tableNames()).containsExactly("t");
        check(store.table("t", TableOptions.defaults()));
      }
    }
  }

  private static void check(ColdTable table) {
    assertThat(table.size()).isEqualTo(18_000);
    for (int i = 0; i < 20_000; i++) {
      byte[] found = table.get(key(i));
      if (i % 10 == 0) {
        assertThat(found).as("key %s", i).isNull();
      } else {
        assertThat(Arrays.equals(found, value(i, 1))).as("key %s", i).isTrue();
      }
    }
    assertThat(table.stats().damaged()).isZero();
  }

  @Test
  void valuesOfAllSizes_areReadBack() {
    try (ColdStore store = open()) {
      ColdTable table = store.table("t", TableOptions.defaults());
      int page = 16 << 10;
      int[] sizes = {0, 1, 100, page - 1, page, page + 1, 3 * page, 1 << 20, 16 << 20};
      for (int size : sizes) {
        byte[] value = new byte[size];
        Arrays.fill(value, (byte) size);
        new Random(size).nextBytes(value);
        table.put(key(size), value, ColdTable.NEVER);
        assertThat(Arrays.equals(table.get(key(size)), value)).as("%s bytes", size).isTrue();
      }
      assertThatThrownBy(() -> table.put(key(1), new byte[(16 << 20) + 1], ColdTable.NEVER))
          .isInstanceOf(OversizedValueException.class)
          .hasMessageContaining("16777217");
    }
  }

  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTable_tellsHowItsSpaceIsUsed() {
    try (ColdStore store = open()) {
      ColdTable table = store.table("t", TableOptions.defaults());
      for (int i = 0; i < 5_000; i++) {
        table.put(key(i), value(i, 0), ColdTable.NEVER);
      }
      TableStats stats = table.stats();
      FreeSpaceMap.Figures space = stats.freeSpace();
      // Another thread may be opening the next file, which is seen before its pages are.
      while (space.totalBytes() != stats.diskBytes()) {
        Thread.onSpinWait();
        stats = table.stats();
        space = stats.freeSpace();
      }
      // Pages that are being filled count as full.
      assertThat(space.averageUtilisation())
          .isBetween((double) stats.liveBytes() / stats.diskBytes(), 1.0);
      assertThat(space.totalFreeBytes()).isBetween(0L, space.totalBytes());
      assertThat(space.largestContiguousBytes()).isLessThanOrEqualTo(space.totalFreeBytes());
      assertThat(space.fragmentation()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void clear_removesEverythingAndGivesTheFilesBack() {
    long full;
    try (ColdStore store = open()) {
      ColdTable table = store.table("t", TableOptions.defaults());
      for (int i = 0; i < 5_000; i++) {
        table.put(key(i), value(i, 0), ColdTable.NEVER);
      }
      full = table.stats().diskBytes();
      table.clear();
      assertThat(table.size()).isZero();
      assertThat(table.get(key(1))).isNull();
      table.put(key(1), value(1, 5), ColdTable.NEVER);
      assertThat(table.get(key(1))).isEqualTo(value(1, 5));
    }
    try (ColdStore store = open()) {
      ColdTable table = store.table("t", TableOptions.defaults());
      assertThat(table.size()).isEqualTo(1);
      assertThat(table.get(key(1))).isEqualTo(value(1, 5));
      assertThat(table.stats().diskBytes()).isLessThan(full);
    }
  }

  @Test
  void aDroppedTable_isGoneAlsoAfterAnotherOpen() {
    try (ColdStore store = open()) {
      store.table("a", TableOptions.defaults()).put(key(1), value(1, 0), ColdTable.NEVER);
      ColdTable b = store.table("b", TableOptions.defaults());
      b.put(key(1), value(1, 1), ColdTable.NEVER);
      store.drop("b");
      assertThat(store.tableNames()).containsExactly("a");
      assertThatThrownBy(() -> b.get(key(1))).isInstanceOf(StoreClosedException.class);
    }
    try (ColdStore store = open()) {
      assertThat(store.tableNames()).containsExactly("a");
      assertThat(store.table("b", TableOptions.defaults()).get(key(1))).isNull();
    }
  }

  @Test
  void aSecondOpener_isToldWhoHasTheStore() {
    try (ColdStore store = open()) {
      assertThat(store.tableNames()).isEmpty();
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining(String.valueOf(ProcessHandle.current().pid()));
    }
  }
}
