// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads on the same keys of one table, with growth and checkpoints going on. */
final class ConcurrencyTest {
  private static final int WRITERS = 3;
  private static final int READERS = 2;
  private static final int KEYS = 6_000;
  private static final int OPERATIONS = 25_000;
  private static final int SHARED_KEYS = 50;
  private static final int MAXIMUM_BYTES = 700;

  @TempDir Path directory;

  /* Each key below KEYS has one writer, so its versions come in order: what was begun and what was
   * acknowledged stand here. Above are keys that all writers write and remove. An odd version is a
   * removal. */
  private final AtomicIntegerArray begun = new AtomicIntegerArray(KEYS);
  private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(KEYS);
  private final AtomicBoolean stop = new AtomicBoolean();

  private static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(int i, int version) {
    SplittableRandom random = new SplittableRandom(i * 7919L + version);
    byte[] value = new byte[8 + random.nextInt(MAXIMUM_BYTES)];
    random.nextBytes(value);
    return ByteBuffer.wrap(value).putInt(i).putInt(version).array();
  }

  private static int versionIn(byte[] value, int i) {
    int version = ByteBuffer.wrap(value).getInt(4);
    assertThat(Arrays.equals(value, value(i, version))).as("the value of key %s", i).isTrue();
    return version;
  }

  private StoreOptions options(FlushPolicy policy) {
    return StoreOptions.builder()
        .maximumDiskBytes(64L << 20)
        .maximumSegmentBytes(1 << 20)
        .flushPolicy(policy)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "async", "sync"})
  void readersSeeVersionsInOrder_andWritersTheirOwn(String policy) throws Exception {
    FlushPolicy flush =
        switch (policy) {
          case "none" -> FlushPolicy.none();
          case "async" -> FlushPolicy.async(Duration.ofMillis(10));
          default -> FlushPolicy.sync();
        };
    int operations = policy.equals("sync") ? OPERATIONS / 50 : OPERATIONS;
    try (ColdStore store = ColdStore.open(directory, options(flush))) {
      ColdTable table = store.table("t", TableOptions.defaults());
      do {
        run(table, operations);
      } while (!policy.equals("sync") && store.stats().engine().checkpoints() == 0);
      assertThat(table.stats().damaged()).isZero();
      checkAll(table);
    }
    try (ColdStore store = ColdStore.open(directory, options(flush))) {
      assertThat(store.stats().recovery().clean()).isTrue();
      checkAll(store.table("t", TableOptions.defaults()));
    }
  }

  private void run(ColdTable table, int operations)
      throws InterruptedException, ExecutionException {
    stop.set(false);
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS + READERS);
    try {
      List<Future<Boolean>> writers = new ArrayList<>();
      List<Future<Boolean>> readers = new ArrayList<>();
      for (int r = 0; r < READERS; r++) {
        readers.add(pool.submit(reader(table, r)));
      }
      for (int w = 0; w < WRITERS; w++) {
        writers.add(pool.submit(writer(table, w, operations)));
      }
      try {
        for (Future<Boolean> writer : writers) {
          assertThat(writer.get()).isTrue();
        }
      } finally {
        stop.set(true);
      }
      for (Future<Boolean> reader : readers) {
        assertThat(reader.get()).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private Callable<Boolean> writer(ColdTable table, int writer, int operations) {
    return () -> {
      SplittableRandom random = new SplittableRandom(writer);
      for (int n = 0; n < operations; n++) {
        int i = random.nextInt(KEYS / WRITERS) * WRITERS + writer;
        int last = acknowledged.get(i);
        boolean removes = last > 0 && last % 2 == 0 && random.nextInt(5) == 0;
        int version = removes ? last + 1 : (last / 2 + 1) * 2;
        begun.set(i, version);
        if (removes) {
          assertThat(table.remove(key(i))).as("removal of key %s", i).isTrue();
        } else {
          table.put(key(i), value(i, version), ColdTable.NEVER);
        }
        acknowledged.set(i, version);
        byte[] found = table.get(key(i));
        assertThat(found == null).as("key %s after its write", i).isEqualTo(removes);
        if (found != null) {
          assertThat(versionIn(found, i)).isEqualTo(version);
        }
        writeShared(table, random, n);
      }
      return true;
    };
  }

  private static void writeShared(ColdTable table, SplittableRandom random, int n) {
    int shared = KEYS + random.nextInt(SHARED_KEYS);
    if (n % 16 == 0) {
      table.put(key(shared), value(shared, n), ColdTable.NEVER);
    } else if (n % 64 == 1) {
      boolean ignored = table.remove(key(shared));
    }
  }

  private Callable<Boolean> reader(ColdTable table, int reader) {
    return () -> {
      SplittableRandom random = new SplittableRandom(100 + reader);
      int[] seen = new int[KEYS];
      while (!stop.get()) {
        int i = random.nextInt(KEYS);
        int before = acknowledged.get(i);
        byte[] found = table.get(key(i));
        int after = begun.get(i);
        if (found != null) {
          int version = versionIn(found, i);
          assertThat(version).as("key %s", i).isBetween(Math.max(before, seen[i]), after);
          seen[i] = version;
        } else {
          boolean mayBeGone = after == 0 || after % 2 == 1 || after > before || before % 2 == 1;
          assertThat(before == 0 || mayBeGone)
              .as("key %s is missing: %s acknowledged, %s begun", i, before, after)
              .isTrue();
        }
        int shared = KEYS + random.nextInt(SHARED_KEYS);
        byte[] any = table.get(key(shared));
        if (any != null) {
          assertThat(versionIn(any, shared)).isNotNegative();
        }
      }
      return true;
    };
  }

  private void checkAll(ColdTable table) {
    int present = 0;
    for (int i = 0; i < KEYS; i++) {
      int version = acknowledged.get(i);
      byte[] found = table.get(key(i));
      if (version == 0 || version % 2 == 1) {
        assertThat(found).as("key %s", i).isNull();
      } else {
        assertThat(found).as("key %s", i).isEqualTo(value(i, version));
        present++;
      }
    }
    for (int shared = KEYS; shared < KEYS + SHARED_KEYS; shared++) {
      present += table.get(key(shared)) == null ? 0 : 1;
    }
    assertThat(table.size()).isEqualTo(present);
  }
}
