// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a store gives back when nobody has written for a while. */
final class IdleTest {
  private static final int KEYS = 400;
  private static final int MANY = 1_500;
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

  private static final int LEFT = 7;

  /** A store of which little is left, whose index file is as long as it was when it was full. */
  private static StillStore emptied(SimDisk disk) throws IOException {
    StillStore store = StillStore.open(disk);
    for (int i = 0; i < MANY; i++) {
      StillStore.put(store.table(), i, 0);
    }
    store.checkpoint();
    store.checkpoint();
    for (int i = LEFT; i < MANY; i++) {
      assertThat(StillStore.remove(store.table(), i)).isTrue();
    }
    store.pass(1_000_000);
    store.engine().flush();
    return store;
  }

  private static void checkLeft(StillStore store) {
    for (int i = 0; i < MANY; i++) {
      byte[] found = StillStore.get(store.table(), i);
      assertThat(found).isEqualTo(i < LEFT ? StillStore.value(i, 0) : null);
    }
  }

  @Test
  void whenLittleIsLeft_theIndexGivesItsMemoryAndItsFileBack() throws IOException {
    SimDisk disk = new SimDisk(82);
    StillStore store = emptied(disk);
    long index = bytes(disk, "index/");
    long memory = store.engine().stats().indexMemoryBytes();
    long used = store.engine().ledger().usedBytes();
    store.pass(SILENCE_NANOS);
    store.work(200);
    long shrunk = bytes(disk, "index/");
    assertThat(shrunk).isPositive().isLessThan(index / 4);
    assertThat(store.engine().stats().indexBytes()).isEqualTo(shrunk);
    assertThat(store.engine().stats().indexMemoryBytes()).isLessThan(memory / 4);
    assertThat(store.engine().ledger().usedBytes()).isLessThan(used - (index - shrunk));
    checkLeft(store);
    assertThat(store.engine().verify().findings()).isEmpty();
    fillAgain(store);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      for (int i = 0; i < MANY; i++) {
        assertThat(StillStore.get(again.table(), i)).isEqualTo(StillStore.value(i, 1));
      }
    }
  }

  private static void fillAgain(StillStore store) throws IOException {
    for (int i = 0; i < MANY; i++) {
      StillStore.put(store.table(), i, 1);
    }
    store.checkpoint();
    store.engine().flush();
  }

  @Test
  void aFailureOrAPowerFailure_atEachCallOfTheCutting_losesNothing() throws IOException {
    SimDisk counted = new SimDisk(83);
    StillStore first = emptied(counted);
    long before = counted.counters().calls();
    first.pass(SILENCE_NANOS);
    first.work(200);
    long calls = counted.counters().calls() - before;
    assertThat(calls).isGreaterThan(20);
    for (long call = 0; call < calls; call++) {
      SimDisk disk = new SimDisk(83);
      StillStore store = emptied(disk);
      disk.failCall(call + 1, Fault.EIO);
      store.pass(SILENCE_NANOS);
      SimDisk killed = disk.copy().crash(CrashKind.POWER);
      try (StillStore again = StillStore.open(killed)) {
        checkLeft(again);
      }
      store.heal();
      store.pass(SILENCE_NANOS);
      store.work(200);
      checkLeft(store);
      assertThat(store.engine().stats().indexBytes()).isEqualTo(bytes(disk, "index/"));
      assertThat(store.engine().verify().findings()).as("call %d", call).isEmpty();
    }
  }
}
