// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreState;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a store can do for ever on a disk that has no block left. */
final class ReserveTest {
  private static final long QUOTA_BYTES = 3 << 20;
  private static final int ROUNDS = 30_000;

  private final Map<Integer, Integer> known = new TreeMap<>();

  /** Puts new keys until there is no room; returns the first that was refused. */
  private int fill(Table table) {
    for (int i = 0; ; i++) {
      try {
        StillStore.put(table, i, 0);
        known.put(i, 0);
      } catch (DiskFullException e) {
        return i;
      }
    }
  }

  private void check(Table table) {
    assertThat(table.size()).isEqualTo(known.size());
    known.forEach(
        (key, round) ->
            assertThat(StillStore.get(table, key)).isEqualTo(StillStore.value(key, round)));
  }

  /** Overwrites and removes at random; a put that is refused removes the older version. */
  private int overwriteAndRemove(StillStore store, int keys, int rounds) {
    int refused = 0;
    for (int n = 1; n <= rounds; n++) {
      int key = (int) (n * 2_654_435_761L % keys);
      try {
        StillStore.put(store.table(), key, n);
        known.put(key, n);
      } catch (DiskFullException e) {
        refused++;
        assertThat(StillStore.remove(store.table(), key)).isEqualTo(known.remove(key) != null);
      }
      int other = (int) ((n + 77L) * 2_654_435_761L % keys);
      if (n % 3 == 0) {
        assertThat(StillStore.remove(store.table(), other)).isEqualTo(known.remove(other) != null);
      }
      if (n % 200 == 0) {
        store.pass(10_000_000);
      }
    }
    return refused;
  }

  @Test
  void aWriterWithoutRoom_waitsForTheReaderWhoHoldsUpWhatIsDead() throws IOException {
    StillStore store = StillStore.open(new SimDisk(62), StillStore.waiting(QUOTA_BYTES, 0));
    int keys = fill(store.table());
    int reader = store.engine().epochs().enter();
    for (int key : List.copyOf(known.keySet())) {
      assertThat(StillStore.remove(store.table(), key)).isTrue();
    }
    known.clear();
    // What was kept for copies can be filled, as nothing lives; the rest not, as the reader stays.
    assertThat(fill(store.table())).isLessThan(keys / 2);
    store.threads().atYield(() -> store.engine().epochs().leave(reader));
    StillStore.put(store.table(), keys, 1);
    known.put(keys, 1);
    check(store.table());
  }

  @Test
  void aFullDisk_takesRemovalsAndOverwritesForEver() throws IOException {
    SimDisk disk = new SimDisk(61).quotaBytes(QUOTA_BYTES);
    StillStore store = StillStore.open(disk);
    int keys = fill(store.table());
    assertThat(keys).isGreaterThan(1_000);
    disk.quotaBytes(disk.allocatedBytes());
    int refused = overwriteAndRemove(store, keys, ROUNDS);
    assertThat(refused).isPositive();
    check(store.table());
    store.engine().flush();
    try (StillStore again = StillStore.open(disk.copy().crash(CrashKind.POWER))) {
      check(again.table());
    }
    try (StillStore again = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      check(again.table());
    }
  }

  @Test
  void removingEverythingOnAFullDisk_neverNeedsABlock() throws IOException {
    SimDisk disk = new SimDisk(62).quotaBytes(QUOTA_BYTES);
    StillStore store = StillStore.open(disk);
    int keys = fill(store.table());
    disk.quotaBytes(disk.allocatedBytes());
    for (int i = 0; i < keys; i++) {
      assertThat(StillStore.remove(store.table(), i)).isTrue();
    }
    assertThat(store.table().size()).isZero();
    known.clear();
    store.work(50);
    assertThat(fill(store.table())).isGreaterThan(keys / 2);
    check(store.table());
  }

  @Test
  void withoutItsReserve_aStoreTakesNoValue_andMakesItFirstWhenSpaceReturns() throws IOException {
    SimDisk disk = new SimDisk(63);
    StillStore store = StillStore.open(disk);
    for (int i = 0; i < 100; i++) {
      StillStore.put(store.table(), i, 0);
      known.put(i, 0);
    }
    store.close();
    // The first segment of the log can be prepared, no other.
    disk.faultsOnlyOn(path -> path.startsWith("wal/")).failFrom(DiskCall.PREPARE, 2, Fault.ENOSPC);
    try (StillStore again = StillStore.open(disk)) {
      assertThat(again.engine().reserve().isKept()).isFalse();
      assertThat(again.engine().health().state()).isEqualTo(StoreState.READ_ONLY);
      try {
        StillStore.put(again.table(), 1, 1);
        throw new AssertionError("a put without the reserve");
      } catch (DiskFullException e) {
        assertThat(e).hasMessageContaining("reserve");
      }
      check(again.table());
      disk.heal();
      again.heal();
      assertThat(again.engine().reserve().isKept()).isTrue();
      StillStore.put(again.table(), 1, 1);
      known.put(1, 1);
      check(again.table());
    }
  }

  @Test
  void spaceThatReturns_isFoundByTheStoreItself() throws IOException {
    SimDisk disk = new SimDisk(64).quotaBytes(QUOTA_BYTES);
    try (StillStore store = StillStore.open(disk)) {
      assertThat(fill(store.table())).isPositive();
      disk.quotaBytes(disk.allocatedBytes());
      store.pass(1_000_000);
      assertThat(store.engine().health().state()).isEqualTo(StoreState.DEGRADED);
      assertThat(store.engine().health().reason()).contains("no space");
      disk.quotaBytes(16 << 20);
      store.heal();
      assertThat(fill(store.table())).isGreaterThan(known.size() / 2);
    }
  }
}
