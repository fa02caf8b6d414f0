// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a real file system that fills up, and gets space again. Mounts it, so needs root. */
@Tag("root")
final class SmallFileSystemTest {
  private static final long DEADLINE_NANOS = Duration.ofSeconds(60).toNanos();
  private static final int BALLAST_BYTES = 12 << 20;
  private static final int ROUNDS = 50_000;

  @TempDir Path directory;

  private final Map<Integer, Integer> known = new TreeMap<>();

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    run("mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", directory.toString());
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    run("umount", directory.toString());
  }

  private static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] value(int i, int round) {
    SplittableRandom random = new SplittableRandom(i * 1_000_003L + round);
    byte[] value = new byte[200 + random.nextInt(1_000)];
    random.nextBytes(value);
    return value;
  }

  private int fill(ColdTable table, int first) {
    for (int i = first; ; i++) {
      try {
        table.put(key(i), value(i, 0), ColdTable.NEVER);
        known.put(i, 0);
      } catch (DiskFullException e) {
        return i;
      }
    }
  }

  private void check(ColdTable table) {
    assertThat(table.size()).isEqualTo(known.size());
    known.forEach(
        (key, round) ->
            assertThat(Arrays.equals(table.get(key(key)), value(key, round)))
                .as("key %s", key)
                .isTrue());
  }

  private ColdStore open() {
    return ColdStore.open(
        directory.resolve("store"), StoreOptions.builder().maximumDiskBytes(1L << 30).build());
  }

  @Test
  void aFullFileSystem_takesRemovalsAndOverwrites_andIsLeftBehind() throws IOException {
    Path ballast = directory.resolve("ballast");
    Files.write(ballast, new byte[BALLAST_BYTES]);
    try (ColdStore store = open()) {
      ColdTable table = store.table("t", TableOptions.defaults());
      int keys = fill(table, 0);
      assertThat(store.stats().health().state()).isEqualTo(StoreState.DEGRADED);
      for (int n = 1; n <= ROUNDS; n++) {
        int key = (int) (n * 2_654_435_761L % keys);
        try {
          table.put(key(key), value(key, n), ColdTable.NEVER);
          known.put(key, n);
        } catch (DiskFullException e) {
          assertThat(table.remove(key(key))).isEqualTo(known.remove(key) != null);
        }
      }
      check(table);
      Files.delete(ballast);
      long started = System.nanoTime();
      while (store.stats().health().state() != StoreState.OK) {
        assertThat(System.nanoTime() - started).isLessThan(DEADLINE_NANOS);
        LockSupport.parkNanos(10_000_000);
      }
      int more = fill(table, keys);
      assertThat(more - keys).isGreaterThan(1_000);
      check(table);
    }
    try (ColdStore store = open()) {
      check(store.table("t", TableOptions.defaults()));
    }
  }
}
