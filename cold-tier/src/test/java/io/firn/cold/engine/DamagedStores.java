// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.format.Manifest;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;

/** Stores to be damaged, and what each of their keys may hold afterwards. */
final class DamagedStores {
  static final int ENTRIES = 1_000;
  static final int PAGE_BYTES = 4096;

  private DamagedStores() {}

  /** Writes two rounds of entries with checkpoints between, closes, and returns the disk. */
  static SimDisk closedStore() throws IOException {
    SimDisk disk = new SimDisk(11);
    try (StillStore store = StillStore.open(disk)) {
      fill(store);
    }
    return disk;
  }

  /** The same, but the process dies after everything was forced and more was written. */
  static SimDisk killedStore() throws IOException {
    SimDisk disk = new SimDisk(12);
    StillStore store = StillStore.open(disk);
    fill(store);
    store.engine().flush();
    return disk.crash(CrashKind.PROCESS);
  }

  /** Puts every key, some of them again, and removes some; two checkpoints between. */
  static void fill(StillStore store) throws IOException {
    Table table = store.table();
    for (int i = 0; i < ENTRIES; i++) {
      StillStore.put(table, i, 0);
    }
    store.checkpoint();
    for (int i = 0; i < ENTRIES; i += 2) {
      StillStore.put(table, i, 1);
    }
    store.checkpoint();
    for (int i = 0; i < ENTRIES; i += 4) {
      StillStore.put(table, i, 2);
    }
    for (int i = 0; i < ENTRIES; i += 5) {
      assertThat(StillStore.remove(table, i)).isTrue();
    }
  }

  private static byte[] expected(int i) {
    return StillStore.value(i, i % 4 == 0 ? 2 : i % 2 == 0 ? 1 : 0);
  }

  /** Asserts that no key has a wrong value; returns how many that should be there are not. */
  static int misses(Table table) {
    int misses = 0;
    for (int i = 0; i < ENTRIES; i++) {
      byte[] found = StillStore.get(table, i);
      if (i % 5 == 0) {
        assertThat(found).as("removed key %s", i).isNull();
      } else if (found == null) {
        misses++;
      } else {
        assertThat(found).as("key %s", i).isEqualTo(expected(i));
      }
    }
    return misses;
  }

  /** Returns the paths below a directory, sorted. */
  static List<String> files(SimDisk disk, String directory) {
    return disk.sizes().keySet().stream().filter(path -> path.startsWith(directory)).toList();
  }

  /** Returns the name of the manifest with the higher number. */
  static String newerManifest(SimDisk disk) throws IOException {
    long a = Manifest.decode(disk.content("manifest-a"), "a").number();
    long b = Manifest.decode(disk.content("manifest-b"), "b").number();
    return a > b ? "manifest-a" : "manifest-b";
  }
}
