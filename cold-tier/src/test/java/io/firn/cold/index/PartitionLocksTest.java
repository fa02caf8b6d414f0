// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class PartitionLocksTest {
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private static long[] ascending(int count, long seed) {
    Random random = new Random(seed);
    Long[] boxed = new Long[count];
    Arrays.setAll(boxed, i -> random.nextLong());
    Arrays.sort(boxed, Long::compareUnsigned);
    return Arrays.stream(boxed).mapToLong(Long::longValue).toArray();
  }

  private static IndexFixture ofManyPartitions() {
    IndexFixture fixture = new IndexFixture(new IndexShape(4, 16, 16, 1));
    for (int i = 0; i < 500; i++) {
      fixture.put(i * MIX, IndexFixture.word(i + 1));
    }
    assertThat(fixture.index.partitions()).hasSizeGreaterThan(10);
    return fixture;
  }

  @Test
  void locksEachPartitionOnce_andFindsTheOwnerOfEachHash() {
    try (IndexFixture fixture = ofManyPartitions();
        PartitionLocks locks = new PartitionLocks(fixture.index)) {
      long[] hashes = ascending(300, 1);
      locks.lock(hashes);
      assertThat(locks.size()).isBetween(10, fixture.index.partitions().size());
      for (long hash : hashes) {
        assertThat(locks.of(hash).owns(hash)).isTrue();
      }
      assertThatThrownBy(() -> locks.lock(hashes)).isInstanceOf(IllegalStateException.class);
      locks.unlock();
      assertThat(locks.size()).isZero();
      assertThatThrownBy(() -> locks.of(hashes[0])).isInstanceOf(IllegalArgumentException.class);
      locks.lock(new long[] {hashes[0]});
      assertThat(locks.of(hashes[0]).owns(hashes[0])).isTrue();
    }
  }

  @Test
  void hashesThatDoNotAscend_areRefused_andNothingStaysLocked() throws InterruptedException {
    try (IndexFixture fixture = ofManyPartitions();
        PartitionLocks locks = new PartitionLocks(fixture.index)) {
      assertThatThrownBy(() -> locks.lock(new long[] {-1L, 5L}))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(locks.size()).isZero();
      Thread other = new Thread(() -> fixture.index.lock(-1L).unlock());
      other.start();
      other.join(60_000);
      assertThat(other.isAlive()).isFalse();
    }
  }

  @Test
  void aClosedIndex_isRefused_andNothingStaysLocked() {
    IndexFixture fixture = ofManyPartitions();
    fixture.close();
    PartitionLocks locks = new PartitionLocks(fixture.index);
    assertThatThrownBy(() -> locks.lock(new long[] {1L})).isInstanceOf(IllegalStateException.class);
    assertThat(locks.size()).isZero();
  }

  @Test
  void roomIsMadeForAllOfThem_soThatNothingGrowsUnderTheLocks() {
    try (IndexFixture fixture = ofManyPartitions();
        PartitionLocks locks = new PartitionLocks(fixture.index)) {
      long[] hashes = ascending(400, 2);
      fixture.index.ensureRoom(hashes);
      locks.lock(hashes);
      int[] before = capacities(fixture);
      for (int i = 0; i < hashes.length; i++) {
        locks.of(hashes[i]).put(hashes[i], IndexFixture.word(i + 1));
      }
      assertThat(capacities(fixture)).isEqualTo(before);
    }
  }

  private static int[] capacities(IndexFixture fixture) {
    return fixture.index.partitions().stream().mapToInt(Partition::capacity).toArray();
  }

  /** Two that lock everything, and one whose puts split what they wait for: nobody gets stuck. */
  @Test
  void splitsBetweenChoosingAndLocking_areFollowed() throws InterruptedException {
    try (IndexFixture fixture = new IndexFixture(new IndexShape(4, 16, 16, 1))) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      CountDownLatch go = new CountDownLatch(1);
      Thread[] threads = new Thread[3];
      for (int t = 0; t < threads.length; t++) {
        int number = t;
        threads[t] =
            new Thread(
                () -> {
                  try {
                    go.await();
                    if (number == 0) {
                      for (int i = 0; i < 5_000; i++) {
                        fixture.put(i * MIX, IndexFixture.word(i + 1));
                      }
                    } else {
                      lockRepeatedly(fixture, ascending(64, number));
                    }
                  } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                  }
                });
        threads[t].start();
      }
      go.countDown();
      for (Thread thread : threads) {
        thread.join(60_000);
        assertThat(thread.isAlive()).isFalse();
      }
      assertThat(failure.get()).isNull();
      for (int i = 0; i < 5_000; i++) {
        assertThat(fixture.find(i * MIX)).isNotZero();
      }
    }
  }

  private static void lockRepeatedly(IndexFixture fixture, long[] hashes) {
    try (PartitionLocks locks = new PartitionLocks(fixture.index)) {
      for (int round = 0; round < 2_000; round++) {
        locks.lock(hashes);
        for (long hash : hashes) {
          Partition partition = locks.of(hash);
          if (!partition.owns(hash) || partition.isRetired()) {
            throw new AssertionError(partition.prefix() + " is not the owner");
          }
        }
        locks.unlock();
      }
    }
  }
}
