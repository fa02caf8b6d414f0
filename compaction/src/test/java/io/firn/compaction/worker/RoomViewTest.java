// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.engine.Table;
import io.firn.cold.model.DiskFullException;
import io.firn.compaction.plan.StoreFacts;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is available below the limits of the store and of a table. */
final class RoomViewTest {
  private static final long LIMIT = 16L << 20;

  @TempDir Path directory;

  @Test
  void aTableAtItsOwnLimit_lacksRoom_andTheStoreDoesNot() {
    StoreOptions options = StoreOptions.builder().maximumDiskBytes(256L << 20).build();
    try (ColdStore store = ColdStore.open(directory, options)) {
      ColdTable bounded = store.table("bounded", TableOptions.defaults());
      ColdTable free = store.table("free", TableOptions.defaults());
      bounded.limitBytes(LIMIT);
      RoomView room = new RoomView(store.space());
      assertThat(room.of(table(store, "bounded"), false).lackingBytes()).isNotPositive();
      fill(bounded);
      free.put(key(1), new byte[1000], ColdTable.NEVER);
      assertThat(RoomView.isAtOwnLimit(table(store, "bounded"))).isTrue();
      StoreFacts ofTheTable = room.of(table(store, "bounded"), false);
      assertThat(ofTheTable.availableBytes()).isLessThan(LIMIT);
      assertThat(ofTheTable.lackingBytes()).isPositive();
      assertThat(RoomView.isAtOwnLimit(table(store, "free"))).isFalse();
      StoreFacts ofTheStore = room.of(table(store, "free"), false);
      assertThat(ofTheStore.availableBytes()).isGreaterThan(LIMIT);
      assertThat(ofTheStore.lackingBytes()).isNegative();
    }
  }

  private static Table table(ColdStore store, String name) {
    return store.space().tables().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void fill(ColdTable table) {
    try {
      for (int i = 0; ; i++) {
        table.put(key(i), new byte[1000], ColdTable.NEVER);
      }
    } catch (DiskFullException e) {
      assertThat(Objects.requireNonNull(e.getMessage())).contains("by the table");
    }
  }

  private static byte[] key(int i) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(i).array();
  }
}
