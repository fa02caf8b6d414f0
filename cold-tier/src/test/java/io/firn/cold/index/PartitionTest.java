// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static io.firn.cold.index.IndexFixture.TINY;
import static io.firn.cold.index.IndexFixture.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class PartitionTest {
  private static final long MIX = 0x9E3779B97F4A7C15L;

  @Test
  void copiedEntries_areLittleEndianInSlotOrderWithTheirVisits() {
    try (IndexFixture fixture = new IndexFixture(new IndexShape(64, 64, 64, 1))) {
      Map<Long, Long> stored = new HashMap<>();
      for (int i = 1; i <= 20; i++) {
        fixture.put(i * MIX, word(i));
        stored.put(i * MIX, word(i));
      }
      assertThat(fixture.visit(MIX, word(1))).isTrue();
      stored.put(MIX, word(1) + 1);
      Partition partition = fixture.index.lock(0);
      byte[] bytes = new byte[3 + 16 * 20];
      assertThat(partition.copyEntries(bytes, 3)).isEqualTo(16 * 20);
      assertThat(partition.size()).isEqualTo(20);
      assertThatThrownBy(() -> partition.copyEntries(new byte[16 * 20], 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      Map<Long, Long> visited = new HashMap<>();
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int[] position = {3};
      partition.forEach(
          (hash, word) -> {
            assertThat(buffer.getLong(position[0])).isEqualTo(hash);
            assertThat(buffer.getLong(position[0] + 8)).isEqualTo(word);
            position[0] += 16;
            visited.put(hash, word);
          });
      partition.unlock();
      assertThat(visited).isEqualTo(stored);
    }
  }

  @Test
  void changes_countWhatASnapshotWouldMiss() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      Partition partition = fixture.index.lock(0);
      assertThat(partition.changes()).isZero();
      partition.put(5, word(1));
      partition.put(5, word(2));
      assertThat(partition.changes()).isEqualTo(2);
      assertThat(partition.replace(5, word(1), word(3))).isFalse();
      assertThat(partition.replace(6, word(1), word(3))).isFalse();
      partition.remove(6);
      assertThat(partition.visit(5, word(2))).isTrue();
      assertThat(partition.changes()).isEqualTo(2);
      assertThat(partition.replace(5, word(2), word(3))).isTrue();
      assertThat(partition.get(5)).isEqualTo(word(3));
      partition.remove(5);
      assertThat(partition.changes()).isEqualTo(4);
      partition.clear().close();
      assertThat(partition.changes()).isEqualTo(5);
      partition.unlock();
    }
  }

  @Test
  void put_refusesWhatDoesNotBelongHere() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      fixture.index.restore(
          List.of(
              new Restored(0, 1, 0, partition -> {}, null),
              new Restored(1, 1, 0, partition -> {}, null)));
      Partition left = fixture.index.lock(1);
      assertThat(left.owns(1)).isTrue();
      assertThat(left.owns(-1)).isFalse();
      assertThatThrownBy(() -> left.put(-1, word(1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("partition 0/1");
      assertThatThrownBy(() -> left.put(1, Address.NONE))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> left.replace(1, word(1), Address.NONE))
          .isInstanceOf(IllegalArgumentException.class);
      left.unlock();
    }
  }

  @Test
  void detachedEntries_stayUntilClosed() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      Partition partition = fixture.index.lock(0);
      partition.put(5, word(1));
      partition.put(6, word(2));
      Detached detached = partition.clear();
      assertThat(partition.size()).isZero();
      assertThat(partition.get(5)).isEqualTo(Address.NONE);
      partition.put(5, word(3));
      partition.unlock();
      fixture.maintain();
      Map<Long, Long> swept = new HashMap<>();
      detached.forEach(swept::put);
      assertThat(swept).isEqualTo(Map.of(5L, word(1), 6L, word(2)));
      assertThat(detached.size()).isEqualTo(2);
      detached.close();
      detached.close();
      assertThatThrownBy(() -> detached.forEach((hash, word) -> {}))
          .isInstanceOf(IllegalStateException.class);
      fixture.maintain();
      assertThat(fixture.index.memoryBytes()).isEqualTo(16L * partition.capacity());
    }
  }

  @Test
  void restoredPartition_isLoadedOnceAtItsFirstUse() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      AtomicInteger loads = new AtomicInteger();
      PartitionSource source =
          partition -> {
            loads.incrementAndGet();
            for (int i = 0; i < 40; i++) {
              long hash = i * MIX;
              if (partition.owns(hash)) {
                partition.put(hash, word(i));
              }
            }
          };
      fixture.index.restore(
          List.of(new Restored(1, 1, 20, source, "right"), new Restored(0, 1, 20, source, "left")));
      assertThat(fixture.index.partitions())
          .extracting(Partition::attachment)
          .containsExactly("left", "right");
      assertThat(fixture.index.size()).isEqualTo(40);
      Partition left = fixture.index.partitions().get(0);
      assertThat(left.isLoaded()).isFalse();
      assertThat(left.capacity()).isZero();
      assertThat(fixture.visit(0, word(0))).isFalse();
      assertThat(fixture.find(0)).isEqualTo(word(0));
      assertThat(left.isLoaded()).isTrue();
      assertThat(left.changes()).isZero();
      assertThat(fixture.index.partitions().get(1).isLoaded()).isFalse();
      fixture.index.lockAll(all -> assertThat(all).allMatch(Partition::isLoaded));
      assertThat(loads).hasValue(2);
      for (int i = 0; i < 40; i++) {
        assertThat(fixture.find(i * MIX)).isEqualTo(word(i));
      }
      assertThat(fixture.index.size()).isEqualTo(40);
      assertThat(loads).hasValue(2);
    }
  }

  @Test
  void ensureRoom_loadsFirst() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      fixture.index.restore(
          List.of(new Restored(0, 0, 0, partition -> partition.put(9, word(9)), null)));
      fixture.index.ensureRoom(1);
      assertThat(fixture.index.partitions().get(0).isLoaded()).isTrue();
      assertThat(fixture.find(9)).isEqualTo(word(9));
    }
  }

  @Test
  void failedLoad_isTriedAgain() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      AtomicInteger loads = new AtomicInteger();
      PartitionSource source =
          partition -> {
            partition.put(1, word(1));
            if (loads.incrementAndGet() == 1) {
              throw new IllegalStateException("disk");
            }
          };
      fixture.index.restore(List.of(new Restored(0, 0, 7, source, null)));
      assertThatThrownBy(() -> fixture.find(1)).hasMessage("disk");
      Partition partition = fixture.index.partitions().get(0);
      partition.lock();
      assertThatThrownBy(() -> partition.get(1)).isInstanceOf(IllegalStateException.class);
      partition.unlock();
      assertThat(partition.size()).isEqualTo(7);
      assertThat(fixture.find(1)).isEqualTo(word(1));
      assertThat(partition.size()).isEqualTo(1);
    }
  }

  @Test
  void restore_refusesPartitionsThatDoNotCoverEveryHashOnce() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      PartitionSource none = partition -> {};
      Restored left = new Restored(0, 1, 0, none, null);
      Restored right = new Restored(1, 1, 0, none, null);
      assertThatThrownBy(() -> fixture.index.restore(List.of(left)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> fixture.index.restore(List.of(right)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> fixture.index.restore(List.of(left, left, right)))
          .isInstanceOf(IllegalArgumentException.class);
      fixture.put(1, word(1));
      assertThatThrownBy(() -> fixture.index.restore(List.of(left, right)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(fixture.find(1)).isEqualTo(word(1));
    }
  }

  @Test
  void retiredPartition_refusesChanges() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      Partition before = fixture.index.partitions().get(0);
      for (int i = 0; i < 12; i++) {
        fixture.put(i * MIX, word(i));
      }
      before.lock();
      assertThat(before.isRetired()).isTrue();
      assertThatThrownBy(() -> before.put(1, word(1))).hasMessageContaining("retired");
      before.unlock();
    }
  }

  @Test
  void shapesAndRestoredPartitions_checkTheirNumbers() {
    assertThatThrownBy(() -> new IndexShape(3, 8, 8, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new IndexShape(4, 8, 8, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Restored(2, 1, 0, partition -> {}, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Restored(0, Partition.MAX_PREFIX_BITS + 1, 0, partition -> {}, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Restored(0, 0, -1, partition -> {}, null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
