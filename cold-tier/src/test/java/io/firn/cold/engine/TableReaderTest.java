// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.HashRange;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TableReaderTest {
  private static final int KEYS = 3_000;

  @Test
  void aWalk_meetsEveryEntryOnce_whilePartitionsSplit() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(1))) {
      Table table = store.table();
      for (int i = 0; i < KEYS; i++) {
        StillStore.put(table, i, 0);
      }
      Set<Long> met = new HashSet<>();
      int parts = 0;
      long from = 0;
      do {
        HashRange range = table.reader().hashes(from, 50);
        for (long hash : range.hashes()) {
          assertThat(met.add(hash)).isTrue();
        }
        for (int i = 0; i < 200; i++) {
          StillStore.put(table, KEYS + parts * 200 + i, 0);
        }
        parts++;
        from = range.next();
      } while (from != 0);
      assertThat(parts).isGreaterThan(4);
      for (int i = 0; i < KEYS; i++) {
        assertThat(met).contains(hash(table, i));
      }
    }
  }

  @Test
  void aHash_givesItsEntry_untilThatIsRemoved() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (StillStore store = StillStore.open(disk)) {
      StillStore.put(store.table(), 1, 7);
      StillStore.put(store.table(), 2, 7);
      StillStore.put(store.table(), 2, 8);
      assertThat(find(store.table(), 2)).isEqualTo(StillStore.get(store.table(), 2));
      assertThat(StillStore.remove(store.table(), 1)).isTrue();
      assertThat(find(store.table(), 1)).isNull();
      assertThat(store.table().reader().place(hash(store.table(), 1))).isEqualTo(Long.MAX_VALUE);
    }
    try (StillStore next = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      assertThat(find(next.table(), 2)).isEqualTo(StillStore.get(next.table(), 2));
    }
  }

  @Test
  void places_followTheFiles() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(1))) {
      Table table = store.table();
      for (int i = 0; i < 100; i++) {
        StillStore.put(table, i, 0);
      }
      long before = -1;
      for (int i = 0; i < 100; i++) {
        long place = table.reader().place(hash(table, i));
        assertThat(place).isGreaterThan(before).isLessThan(Long.MAX_VALUE);
        before = place;
      }
    }
  }

  private static long hash(Table table, int i) {
    byte[] key = StillStore.key(i);
    return table.hashOf(key, key.length);
  }

  private static byte @Nullable [] find(Table table, int i) {
    byte[] key = StillStore.key(i);
    return table
        .reader()
        .find(
            hash(table, i),
            (buffer, keyOffset, keyLength, offset, length, expiresAt) -> {
              assertThat(Arrays.copyOfRange(buffer, keyOffset, keyOffset + keyLength))
                  .isEqualTo(key);
              return Arrays.copyOfRange(buffer, offset, offset + length);
            });
  }
}
