// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a store gives back when nobody has written for a while. */
final class IdleTest {
  private static final int KEYS = 400;
  private static final long SILENCE_NANOS = 3_000_000_000L;

  private static long bytes(SimDisk disk, String prefix) {
    return disk.sizes().entrySet().stream()
        .filter(file -> file.getKey().startsWith(prefix))
        .mapToLong(file -> file.getValue())
        .sum();
  }

  private static void fill(StillStore store, int round) {
    for (int i = 0; i < KEYS; i++) {
      StillStore.put(store.table(), i, round);
    }
  }

  private static void check(StillStore store, int round) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(StillStore.get(store.table(), i)).isEqualTo(StillStore.value(i, round));
    }
  }

  @Test
  void afterSilence_endsOfFilesAreCut_andTheLogIsSmall() throws IOException {
    SimDisk disk = new SimDisk(81);
    StillStore store = StillStore.open(disk);
    for (int round = 0; round <= 8; round++) {
      fill(store, round);
    }
    long data = bytes(disk, "data/");
    long log = bytes(disk, "wal/");
    assertThat(log).isGreaterThan(4L * StillStore.OPTIONS.log().minimumBytes());
    store.pass(1_000_000);
    store.pass(SILENCE_NANOS);
    store.work(200);
    assertThat(bytes(disk, "data/")).isLessThan(data);
    assertThat(bytes(disk, "wal/"))
        .as("small segments: the current one, the next one, the spare one")
        .isLessThanOrEqualTo(3L * StillStore.OPTIONS.log().minimumBytes());
    check(store, 8);
    SimDisk killed = disk.copy().crash(CrashKind.POWER);
    fill(store, 9);
    check(store, 9);
    store.engine().flush();
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      check(again, 9);
    }
    try (StillStore again = StillStore.open(killed)) {
      check(again, 8);
    }
  }
}
