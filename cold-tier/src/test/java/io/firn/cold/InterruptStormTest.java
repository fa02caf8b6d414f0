// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.io.NioDisk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that are interrupted all the time while they use a store on a real disk. */
final class InterruptStormTest {
  private static final int THREADS = 4;
  private static final int KEYS = 200;
  private static final int ROUNDS = 15;

  @TempDir Path directory;

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger kept = new AtomicInteger();

  private static byte[] key(int thread, int i) {
    return (thread + "-" + i).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(int thread, int i, int round) {
    ByteBuffer value = ByteBuffer.allocate(12 + (i * 37 + round * 11) % 3_000);
    return value.putInt(thread).putInt(i).putInt(round).array();
  }

  /** Does an operation with the flag up and checks that it is up afterwards. */
  private void interrupted(Runnable operation) {
    Thread.currentThread().interrupt();
    operation.run();
    if (Thread.interrupted()) {
      kept.incrementAndGet();
    }
  }

  private void use(ColdStore store, int thread) {
    ColdTable table = store.table("t", TableOptions.defaults());
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < KEYS; i++) {
        byte[] key = key(thread, i);
        byte[] value = value(thread, i, round);
        interrupted(() -> table.put(key, value, ColdTable.NEVER));
        interrupted(() -> assertThat(table.get(key)).isEqualTo(value));
        if (i % 5 == 0) {
          interrupted(() -> assertThat(table.remove(key)).isTrue());
        }
        if (i % 50 == 0) {
          interrupted(store::flush);
        }
      }
    }
  }

  private static int operations() {
    return THREADS * ROUNDS * (2 * KEYS + KEYS / 5 + KEYS / 50);
  }

  private void storm(ThreadFactory factory) throws InterruptedException {
    try (ColdStore store = open()) {
      List<Thread> threads = new ArrayList<>();
      AtomicInteger running = new AtomicInteger(THREADS);
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        threads.add(
            factory.newThread(
                () -> {
                  try {
                    use(store, thread);
                  } catch (RuntimeException | Error e) {
                    failures.add(e);
                  } finally {
                    running.decrementAndGet();
                  }
                }));
      }
      threads.forEach(Thread::start);
      while (running.get() > 0) {
        threads.forEach(Thread::interrupt);
        LockSupport.parkNanos(20_000);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      assertThat(kept).hasValue(operations());
      check(store);
    }
    try (ColdStore store = open()) {
      assertThat(store.stats().recovery().clean()).isTrue();
      check(store);
    }
  }

  private ColdStore open() {
    return ColdStore.open(
        directory,
        StoreOptions.builder()
            .maximumDiskBytes(96L << 20)
            .maximumSegmentBytes(1 << 20)
            .flushPolicy(FlushPolicy.async(Duration.ofMillis(5)))
            .build());
  }

  private static void check(ColdStore store) {
    ColdTable table = store.table("t", TableOptions.defaults());
    for (int thread = 0; thread < THREADS; thread++) {
      for (int i = 0; i < KEYS; i++) {
        byte[] expected = i % 5 == 0 ? null : value(thread, i, ROUNDS - 1);
        assertThat(table.get(key(thread, i))).isEqualTo(expected);
      }
    }
    assertThat(table.stats().damaged()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "buffered"})
  void interrupts_closeNothingAndLoseNothing(String regions) throws InterruptedException {
    String before = System.setProperty(NioDisk.REGIONS_PROPERTY, regions);
    try {
      storm(Thread::new);
    } finally {
      if (before == null) {
        System.clearProperty(NioDisk.REGIONS_PROPERTY);
      } else {
        System.setProperty(NioDisk.REGIONS_PROPERTY, before);
      }
    }
  }

  @Test
  @Tag("jdk25")
  void interruptsOfVirtualThreads_closeNothingAndLoseNothing() throws Exception {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    storm((ThreadFactory) type.getMethod("factory").invoke(builder));
  }

  @Test
  void anOpeningAndAClosing_keepTheFlag() {
    Thread.currentThread().interrupt();
    ColdStore store = open();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    store.table("t", TableOptions.defaults()).put(key(0, 0), value(0, 0, 0), ColdTable.NEVER);
    store.close();
    assertThat(Thread.interrupted()).isTrue();
    try (ColdStore again = open()) {
      assertThat(again.stats().recovery().clean()).isTrue();
      assertThat(again.table("t", TableOptions.defaults()).get(key(0, 0)))
          .isEqualTo(value(0, 0, 0));
    }
  }
}
