// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Bits that flip anywhere in a store: misses, never a wrong value, never an exception. */
final class BitFlipTest {
  private static final int ENTRIES = 20_000;
  private static final int ROUNDS = 10;
  private static final int FLIPS_A_ROUND = 10;
  private static final int REMOVED_OF = 10;

  private static void fill(StillStore store) throws IOException {
    Table table = store.table();
    for (int i = 0; i < ENTRIES; i++) {
      StillStore.put(table, i, 0);
    }
    store.checkpoint();
    for (int i = 0; i < ENTRIES; i += 3) {
      StillStore.put(table, i, 1);
    }
    for (int i = 0; i < ENTRIES; i += REMOVED_OF) {
      assertThat(StillStore.remove(table, i)).isTrue();
    }
  }

  private static byte[] expected(int i) {
    return StillStore.value(i, i % 3 == 0 ? 1 : 0);
  }

  /** Flips bits of all files: half of the flips choose by size, half by name. */
  private static void flip(SimDisk disk, SplittableRandom random) {
    List<Map.Entry<String, Long>> files =
        disk.sizes().entrySet().stream().filter(file -> file.getValue() > 0).toList();
    long sum = files.stream().mapToLong(Map.Entry::getValue).sum();
    for (int n = 0; n < FLIPS_A_ROUND; n++) {
      long at = random.nextLong(sum);
      Map.Entry<String, Long> file = files.get(random.nextInt(files.size()));
      if (n % 2 == 0) {
        for (Map.Entry<String, Long> each : files) {
          file = each;
          if (at < each.getValue()) {
            break;
          }
          at -= each.getValue();
        }
      } else {
        at = random.nextLong(file.getValue());
      }
      disk.flipBit(file.getKey(), 8 * at + random.nextInt(8));
    }
  }

  /** Returns how many entries are missing; fails for a wrong value or an exception. */
  private static int misses(StillStore store) {
    Table table = store.table();
    int misses = 0;
    for (int i = 0; i < ENTRIES; i++) {
      byte[] found = StillStore.get(table, i);
      if (i % REMOVED_OF == 0) {
        assertThat(found).as("removed key %s", i).isNull();
      } else if (found == null) {
        misses++;
      } else if (!Arrays.equals(found, expected(i))) {
        assertThat(found).as("key %s", i).isEqualTo(expected(i));
      }
    }
    return misses;
  }

  private static void flipAndRead(SimDisk image, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    int intact = 0;
    for (int round = 0; round < ROUNDS; round++) {
      SimDisk disk = image.copy();
      flip(disk, random);
      try (StillStore store = StillStore.open(disk)) {
        int misses = misses(store);
        RecoveryReport found = store.engine().recovery();
        if (found.gaps().isEmpty() && found.problems().isEmpty()) {
          assertThat(misses)
              .as("round %s of seed %s", round, seed)
              .isLessThanOrEqualTo(FLIPS_A_ROUND)
              .isEqualTo((int) store.table().counters().damaged.sum());
          intact++;
        }
        StillStore.put(store.table(), 1, 9);
        assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 9));
      }
    }
    assertThat(intact).as("rounds that hit data only").isPositive();
  }

  @Test
  void aClosedStore_answersOneHundredFlipsWithMisses() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (StillStore store = StillStore.open(disk)) {
      fill(store);
    }
    flipAndRead(disk, 2);
  }

  @Test
  void aKilledStore_answersOneHundredFlipsWithMisses() throws IOException {
    SimDisk disk = new SimDisk(3);
    StillStore store = StillStore.open(disk);
    fill(store);
    for (int mark = 0; mark < 3; mark++) {
      StillStore.put(store.table(), ENTRIES + mark, 0);
      store.engine().flush();
    }
    flipAndRead(disk.crash(CrashKind.PROCESS), 4);
  }
}
