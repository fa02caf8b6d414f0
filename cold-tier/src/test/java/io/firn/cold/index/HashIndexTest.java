// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static io.firn.cold.index.IndexFixture.TINY;
import static io.firn.cold.index.IndexFixture.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.memory.Memories;
import io.firn.cold.model.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class HashIndexTest {
  private static long hash(int number) {
    return number * 0x9E3779B97F4A7C15L;
  }

  /** Notes what it hears; refuses if told so. */
  private static final class Recorder implements GrowthListener {
    final List<String> heard = new ArrayList<>();
    boolean refuses;

    @Override
    public void beforeGrow(Partition partition, int newCapacity) {
      assertThat(newCapacity).isGreaterThan(partition.capacity());
      hear("grow");
    }

    @Override
    public void beforeSplit(Partition parent, int childCapacity) {
      assertThat(childCapacity).isGreaterThan(parent.size() / 2);
      hear("before split");
    }

    @Override
    public void split(Partition parent, Partition left, Partition right) {
      assertThat(left.size() + right.size()).isEqualTo(parent.size());
      assertThat(left.prefix()).isEqualTo(2 * parent.prefix());
      assertThat(right.prefix()).isEqualTo(left.prefix() + 1);
      assertThat(right.prefixBits()).isEqualTo(parent.prefixBits() + 1);
      left.attach("left of " + parent.attachment());
      hear("split");
    }

    private void hear(String what) {
      if (refuses) {
        throw new IllegalStateException("no room for " + what);
      }
      heard.add(what);
    }
  }

  @Test
  void newIndex_isSmallAndFindsNothing() {
    try (Epochs epochs = new Epochs();
        HashIndex index =
            new HashIndex(IndexShape.standard(), epochs, new PlainThreads(), GrowthListener.NONE)) {
      assertThat(index.find(42)).isEqualTo(Address.NONE);
      assertThat(index.visit(42, Address.NONE)).isFalse();
      assertThat(index.partitions()).hasSize(1);
      assertThat(index.memoryBytes()).isEqualTo(32 * 16);
      assertThat(index.size()).isZero();
    }
  }

  @Test
  void closedIndex_givesItsMemoryBackWhenReadersHaveLeft() {
    long before = Memories.allocatedBytes();
    try (Epochs epochs = new Epochs()) {
      HashIndex index =
          new HashIndex(IndexShape.standard(), epochs, new PlainThreads(), GrowthListener.NONE);
      for (int i = 1; i < 5_000; i++) {
        index.ensureRoom(hash(i));
        Partition partition = index.lock(hash(i));
        partition.put(hash(i), word(i));
        partition.unlock();
      }
      int ticket = epochs.enter();
      index.close();
      index.close();
      epochs.advance();
      epochs.freePast();
      assertThat(index.find(hash(1))).isEqualTo(Address.NONE);
      assertThat(index.visit(hash(1), word(1))).isFalse();
      assertThat(index.memoryBytes()).isGreaterThan(5_000 * 16);
      epochs.leave(ticket);
      epochs.advance();
      epochs.freePast();
      assertThat(index.memoryBytes()).isZero();
      assertThatThrownBy(() -> index.lock(1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> index.ensureRoom(1)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> index.lockAll(all -> {})).isInstanceOf(IllegalStateException.class);
    }
    assertThat(Memories.allocatedBytes()).isEqualTo(before);
  }

  @Test
  void listener_hearsGrowthAndSplitsInOrder() {
    Recorder recorder = new Recorder();
    try (IndexFixture fixture = new IndexFixture(TINY, recorder)) {
      fixture.index.partitions().get(0).attach("root");
      for (int i = 0; i < 9; i++) {
        fixture.put(hash(i), word(i));
      }
      assertThat(recorder.heard).startsWith("grow").endsWith("before split", "split");
      assertThat(fixture.threads.growths.get()).isEqualTo(recorder.heard.size() - 1);
      assertThat(fixture.index.partitions().get(0).attachment()).isEqualTo("left of root");
    }
  }

  @Test
  void refusedGrowth_leavesTheIndexAsItWas() {
    Recorder recorder = new Recorder();
    try (IndexFixture fixture = new IndexFixture(TINY, recorder)) {
      recorder.refuses = true;
      int stored = fillUntilRefused(fixture);
      assertThat(fixture.index.size()).isEqualTo(stored);
      recorder.refuses = false;
      for (int i = stored; i < 8; i++) {
        fixture.put(hash(i), word(i));
      }
      recorder.refuses = true;
      assertThatThrownBy(() -> fixture.index.ensureRoom(hash(9))).hasMessageContaining("split");
      assertThat(fixture.index.partitions()).hasSize(1);
      for (int i = 0; i < 8; i++) {
        assertThat(fixture.find(hash(i))).isEqualTo(word(i));
      }
      long bytes = fixture.index.memoryBytes();
      fixture.maintain();
      assertThat(fixture.index.memoryBytes())
          .isLessThanOrEqualTo(bytes)
          .isEqualTo(16L * fixture.index.partitions().get(0).capacity());
    }
  }

  private static int fillUntilRefused(IndexFixture fixture) {
    int stored = 0;
    try {
      while (stored < 8) {
        fixture.put(hash(stored), word(stored));
        stored++;
      }
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("grow");
    }
    assertThat(stored).isLessThan(8);
    return stored;
  }

  @Test
  void splitRefusedByTheListenerAtTheLastMoment_isAbandoned() {
    GrowthListener refusing =
        new GrowthListener() {
          @Override
          public void beforeGrow(Partition partition, int newCapacity) {}

          @Override
          public void beforeSplit(Partition parent, int childCapacity) {}

          @Override
          public void split(Partition parent, Partition left, Partition right) {
            throw new IllegalStateException("no slots");
          }
        };
    try (IndexFixture fixture = new IndexFixture(TINY, refusing)) {
      for (int i = 0; i < 8; i++) {
        fixture.put(hash(i), word(i));
      }
      assertThatThrownBy(() -> fixture.put(hash(8), word(8))).hasMessage("no slots");
      assertThat(fixture.find(hash(3))).isEqualTo(word(3));
      fixture.maintain();
      assertThat(fixture.index.memoryBytes())
          .isEqualTo(16L * fixture.index.partitions().get(0).capacity());
    }
  }

  @Test
  void put_growsInPlaceWhenNobodyMadeRoom() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      Partition partition = fixture.index.lock(0);
      for (int i = 0; i < 500; i++) {
        assertThat(partition.put(hash(i), word(i))).isEqualTo(Address.NONE);
      }
      partition.unlock();
      for (int i = 0; i < 500; i++) {
        assertThat(fixture.find(hash(i))).isEqualTo(word(i));
      }
      assertThat(fixture.index.partitions()).hasSize(1);
    }
  }

  @Test
  void ensureRoom_makesRoomForABatch() {
    AtomicInteger grown = new AtomicInteger();
    GrowthListener counting =
        new GrowthListener() {
          @Override
          public void beforeGrow(Partition partition, int newCapacity) {
            grown.incrementAndGet();
          }

          @Override
          public void beforeSplit(Partition parent, int childCapacity) {}

          @Override
          public void split(Partition parent, Partition left, Partition right) {}
        };
    try (IndexFixture fixture = new IndexFixture(TINY, counting)) {
      fixture.index.ensureRoom(0, 300);
      assertThat(grown).hasValue(1);
      int capacity = fixture.index.partitions().get(0).capacity();
      Partition partition = fixture.index.lock(0);
      for (int i = 0; i < 300; i++) {
        partition.put(hash(i), word(i));
      }
      assertThat(partition.capacity()).isEqualTo(capacity);
      partition.unlock();
    }
  }

  @Test
  void smallTable_splitsEarlyIntoSixteenAndThenNotBeforeTheFullSize() {
    IndexShape shape = new IndexShape(32, 4_096, 64, 16);
    try (IndexFixture fixture = new IndexFixture(shape)) {
      for (int i = 0; i < 16 * 80; i++) {
        fixture.put(hash(i), word(i));
      }
      assertThat(fixture.index.partitions()).hasSize(16);
      for (int i = 0; i < 16 * 2_500; i++) {
        fixture.put(hash(i), word(i));
      }
      assertThat(fixture.index.partitions()).hasSize(16);
      for (int i = 0; i < 16 * 5_000; i++) {
        fixture.put(hash(i), word(i));
      }
      assertThat(fixture.index.partitions()).hasSizeGreaterThan(24);
    }
  }

  @Test
  void hashesAllAlike_endInOneLargePartition() {
    IndexShape shape = new IndexShape(4, 8, 8, 1);
    try (IndexFixture fixture = new IndexFixture(shape)) {
      for (int i = 0; i < 100; i++) {
        fixture.put(i, word(i));
      }
      Partition deepest = fixture.index.partitions().get(0);
      assertThat(deepest.prefixBits()).isEqualTo(Partition.MAX_PREFIX_BITS);
      assertThat(deepest.size()).isEqualTo(100);
      for (int i = 0; i < 100; i++) {
        assertThat(fixture.find(i)).isEqualTo(word(i));
      }
    }
  }

  @Test
  void visit_countsToThreeAndOnlyForTheSameWord() {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      long word = word(1);
      fixture.put(5, word);
      assertThat(fixture.visit(5, word)).isTrue();
      assertThat(fixture.visit(5, word)).isFalse();
      assertThat(fixture.visit(5, word + 1)).isTrue();
      assertThat(fixture.visit(5, word + 2)).isTrue();
      assertThat(fixture.visit(5, word + 3)).isFalse();
      assertThat(fixture.visit(6, word + 2)).isFalse();
      assertThat(fixture.find(5)).isEqualTo(word + 3);
      assertThat(fixture.replace(5, word + 1, word(2))).isTrue();
      assertThat(fixture.put(5, word(3))).isEqualTo(word(2));
      assertThat(fixture.remove(5)).isEqualTo(word(3));
    }
  }

  @Test
  void find_takesTheLockWhenTheVersionNeverSettles() throws Exception {
    try (IndexFixture fixture = new IndexFixture(TINY)) {
      fixture.put(5, word(1));
      Partition partition = fixture.index.lock(5);
      Thread reader;
      long[] found = new long[1];
      try {
        partition.beginWrite();
        reader = new Thread(() -> found[0] = fixture.find(5));
        reader.start();
        while (reader.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
        partition.endWrite();
        partition.put(5, word(2));
      } finally {
        partition.unlock();
      }
      reader.join();
      assertThat(found[0]).isEqualTo(word(2));
    }
  }
}
