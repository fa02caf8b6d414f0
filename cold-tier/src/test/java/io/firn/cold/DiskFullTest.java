// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.DiskFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is filled until nothing fits, on a real disk. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DiskFullTest {
  @TempDir Path directory;

  private static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(int i) {
    SplittableRandom random = new SplittableRandom(i);
    byte[] value = new byte[200 + random.nextInt(3_000)];
    random.nextBytes(value);
    return value;
  }

  private ColdStore open(long mebibytes) {
    return ColdStore.open(
        directory, StoreOptions.builder().maximumDiskBytes(mebibytes << 20).build());
  }

  /** Puts new entries until the store refuses one; returns the first key that was refused. */
  private static int fill(ColdTable table, int first) {
    for (int i = first; ; i++) {
      try {
        table.put(key(i), value(i), ColdTable.NEVER);
      } catch (DiskFullException e) {
        assertThat(e).hasMessageContaining("bytes");
        return i;
      }
    }
  }

  private static void check(ColdTable table, int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(Arrays.equals(table.get(key(i)), value(i))).as("key %s", i).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 32})
  void aFullStore_refusesPutsAndDoesEverythingElse(long mebibytes) {
    try (SizeWatch watch = new SizeWatch(directory);
        ColdStore store = open(mebibytes)) {
      ColdTable table = store.table("t", TableOptions.defaults());
      int full = fill(table, 0);
      long bytes = table.stats().putBytes();
      assertThat(bytes).isGreaterThan((mebibytes << 20) / 2);
      assertThat(table.get(key(full))).isNull();
      watch.awaitAtLeast(mebibytes << 19);
      check(table, 0, full);
      for (int i = 0; i < full; i++) {
        assertThat(table.remove(key(i))).as("key %s", i).isTrue();
      }
      assertThat(table.size()).isZero();
      int again = fill(table, full);
      assertThat(table.stats().putBytes() - bytes).isGreaterThan(bytes / 2);
      check(table, full, again);
      table.clear();
      // The worker that gives the charges back may be in the middle of it, where no writer helps.
      while (table.stats().liveBytes() > 0) {
        Thread.onSpinWait();
      }
      int last = fill(table, again);
      assertThat(last - again).isGreaterThan(full / 2);
      check(table, again, last);
      assertThat(watch.largest()).isBetween(mebibytes << 19, mebibytes << 20);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 32})
  void aFullStore_closesAndOpensWithEverything(long mebibytes) {
    int full;
    try (SizeWatch watch = new SizeWatch(directory)) {
      try (ColdStore store = open(mebibytes)) {
        full = fill(store.table("t", TableOptions.defaults()), 0);
      }
      try (ColdStore store = open(mebibytes)) {
        assertThat(store.stats().recovery().clean()).isTrue();
        ColdTable table = store.table("t", TableOptions.defaults());
        check(table, 0, full);
        assertThat(table.remove(key(0))).isTrue();
      }
      try (ColdStore store = open(mebibytes)) {
        ColdTable table = store.table("t", TableOptions.defaults());
        assertThat(table.get(key(0))).isNull();
        check(table, 1, full);
      }
      assertThat(watch.largest()).isLessThanOrEqualTo(mebibytes << 20);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {16, 32})
  void aFullStore_overwritesAndRemovesForEver(long mebibytes) {
    try (SizeWatch watch = new SizeWatch(directory);
        ColdStore store = open(mebibytes)) {
      ColdTable table = store.table("t", TableOptions.defaults());
      int full = fill(table, 0);
      Map<Integer, Integer> known = new TreeMap<>();
      for (int i = 0; i < full; i++) {
        known.put(i, i);
      }
      for (int n = 0; n < 30_000; n++) {
        int key = (int) (n * 2_654_435_761L % full);
        try {
          table.put(key(key), value(n), ColdTable.NEVER);
          known.put(key, n);
        } catch (DiskFullException e) {
          assertThat(table.remove(key(key))).isEqualTo(known.remove(key) != null);
        }
      }
      assertThat(table.size()).isEqualTo(known.size());
      known.forEach(
          (key, n) ->
              assertThat(Arrays.equals(table.get(key(key)), value(n))).as("key %s", key).isTrue());
      assertThat(watch.largest()).isLessThanOrEqualTo(mebibytes << 20);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {16})
  void overwrites_goOnForEverInASmallStore(long mebibytes) {
    try (SizeWatch watch = new SizeWatch(directory);
        ColdStore store = open(mebibytes)) {
      ColdTable table = store.table("t", TableOptions.defaults());
      int keys = 1_000;
      for (int i = 0; i < 40_000; i++) {
        table.put(key(i % keys), value(i), ColdTable.NEVER);
      }
      for (int i = 39_000; i < 40_000; i++) {
        assertThat(Arrays.equals(table.get(key(i % keys)), value(i))).isTrue();
      }
      assertThat(watch.largest()).isLessThanOrEqualTo(mebibytes << 20);
    }
  }

  @Test
  void aStoreFullOfSmallEntries_letsAllOfThemBeRemoved() {
    byte[] small = {1, 2, 3, 4};
    try (SizeWatch watch = new SizeWatch(directory);
        ColdStore store = open(16)) {
      ColdTable table = store.table("t", TableOptions.defaults());
      for (int round = 0; round < 2; round++) {
        int full = 0;
        try {
          for (; ; full++) {
            table.put(key(full), small, ColdTable.NEVER);
          }
        } catch (DiskFullException e) {
          assertThat(full).isGreaterThan(50_000);
        }
        for (int i = 0; i < full; i++) {
          assertThat(table.remove(key(i))).as("key %s of %s", i, full).isTrue();
        }
        assertThat(table.size()).isZero();
      }
      assertThat(watch.largest()).isLessThanOrEqualTo(16 << 20);
    }
  }

  /** Adds up the sizes of all files again and again, and keeps the largest sum that stood still. */
  private static final class SizeWatch implements AutoCloseable {
    private final Path directory;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicLong largest = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "size-watch");

    SizeWatch(Path directory) {
      this.directory = directory;
      thread.start();
    }

    long largest() {
      return largest.get();
    }

    /** Waits until so much was seen, while the files stand still. */
    void awaitAtLeast(long bytes) {
      while (largest.get() < bytes) {
        Thread.onSpinWait();
      }
    }

    private void watch() {
      Map<Path, Long> before = Map.of();
      while (!stop.get()) {
        Map<Path, Long> now = sizes();
        if (now.equals(before)) {
          long sum = now.values().stream().mapToLong(Long::longValue).sum();
          largest.accumulateAndGet(sum, Math::max);
        }
        before = now;
      }
    }

    private Map<Path, Long> sizes() {
      Map<Path, Long> sizes = new TreeMap<>();
      try (Stream<Path> files = Files.walk(directory)) {
        files.filter(Files::isRegularFile).forEach(file -> sizes.put(file, size(file)));
      } catch (IOException | UncheckedIOException e) {
        sizes.clear();
      }
      return sizes;
    }

    private static long size(Path file) {
      try {
        return Files.size(file);
      } catch (NoSuchFileException e) {
        return 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      stop.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted before the watch ended", e);
      }
    }
  }
}
