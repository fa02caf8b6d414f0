// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EpochsTest {
  private final Epochs epochs = new Epochs();
  private volatile Box current = new Box();

  @Test
  void stamp_isPastAtOnceWhenNobodyIsInside() {
    long stamp = epochs.stamp();
    assertThat(epochs.isPast(stamp)).isFalse();
    assertThat(epochs.advance()).isTrue();
    assertThat(epochs.isPast(stamp)).isTrue();
  }

  @Test
  void stamp_isNotPastWhileAReaderFromBeforeIsInside() {
    int ticket = epochs.enter();
    long stamp = epochs.stamp();
    for (int i = 0; i < 10; i++) {
      epochs.advance();
      assertThat(epochs.isPast(stamp)).isFalse();
    }
    epochs.leave(ticket);
    assertThat(epochs.advance()).isTrue();
    assertThat(epochs.isPast(stamp)).isTrue();
  }

  @Test
  void stamp_isPastAlthoughReadersComeAndGoAllTheTime() {
    int inside = epochs.enter();
    long stamp = epochs.stamp();
    for (int i = 0; i < Epochs.SAFE_MOVES + 1; i++) {
      int next = epochs.enter();
      epochs.leave(inside);
      inside = next;
      epochs.advance();
    }
    assertThat(epochs.isPast(stamp)).isTrue();
    epochs.leave(inside);
  }

  @Test
  void leave_mayComeFromAnotherThreadAndInAnyOrder() throws Exception {
    int first = epochs.enter();
    int second = epochs.enter();
    long stamp = epochs.stamp();
    Thread other = new Thread(() -> epochs.leave(first));
    other.start();
    other.join();
    epochs.advance();
    assertThat(epochs.isPast(stamp)).isFalse();
    epochs.leave(second);
    epochs.advance();
    assertThat(epochs.isPast(stamp)).isTrue();
  }

  @Test
  void retired_isFreedInOrderAndOnlyWhenPast() {
    List<String> freed = new ArrayList<>();
    epochs.retire(() -> freed.add("before"));
    int ticket = epochs.enter();
    epochs.retire(() -> freed.add("inside"));
    epochs.advance();
    assertThat(epochs.freePast()).isZero();
    assertThat(epochs.hasWaiting()).isTrue();
    epochs.leave(ticket);
    epochs.advance();
    assertThat(epochs.freePast()).isEqualTo(2);
    assertThat(freed).containsExactly("before", "inside");
    assertThat(epochs.hasWaiting()).isFalse();
  }

  @Test
  void close_freesWhatWaits() {
    AtomicInteger freed = new AtomicInteger();
    epochs.retire(freed::incrementAndGet);
    epochs.retire(freed::incrementAndGet);
    epochs.close();
    assertThat(freed).hasValue(2);
  }

  @Test
  void freePast_freesNothingTwiceWhenCalledFromWithin() {
    AtomicInteger nested = new AtomicInteger(-1);
    epochs.retire(() -> nested.set(epochs.freePast()));
    epochs.advance();
    assertThat(epochs.freePast()).isEqualTo(1);
    assertThat(nested).hasValue(0);
  }

  @Test
  void longestInside_growsWhileAReaderHoldsUpTheGeneration() {
    assertThat(epochs.longestInsideNanos(5)).isZero();
    int ticket = epochs.enter();
    epochs.advance();
    epochs.advance();
    assertThat(epochs.longestInsideNanos(1_000)).isZero();
    assertThat(epochs.longestInsideNanos(4_000)).isEqualTo(3_000);
    epochs.leave(ticket);
    epochs.advance();
    assertThat(epochs.longestInsideNanos(5_000)).isZero();
  }

  /** A box that says whether it was given back. */
  private static final class Box {
    private volatile boolean freed;
  }

  @Test
  void readers_neverUseWhatIsFreed() throws Exception {
    AtomicBoolean running = new AtomicBoolean(true);
    AtomicInteger freed = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Long>> readers = new ArrayList<>();
      Callable<Long> reader = () -> countFreedWhileInside(running);
      for (int i = 0; i < 3; i++) {
        readers.add(pool.submit(reader));
      }
      for (int i = 0; i < 20_000; i++) {
        Box old = current;
        current = new Box();
        epochs.retire(
            () -> {
              old.freed = true;
              freed.incrementAndGet();
            });
        epochs.advance();
        epochs.freePast();
      }
      running.set(false);
      for (Future<Long> each : readers) {
        assertThat(each.get()).isZero();
      }
      epochs.advance();
      epochs.freePast();
      assertThat(freed).hasValue(20_000);
    } finally {
      running.set(false);
      pool.shutdownNow();
    }
  }

  private long countFreedWhileInside(AtomicBoolean running) {
    long wrong = 0;
    while (running.get()) {
      int ticket = epochs.enter();
      try {
        Box box = current;
        for (int look = 0; look < 8; look++) {
          wrong += box.freed ? 1 : 0;
        }
      } finally {
        epochs.leave(ticket);
      }
    }
    return wrong;
  }
}
