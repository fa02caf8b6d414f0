// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.StoreState;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.testkit.WatchedDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fails at every call in turn: typed errors, nothing acknowledged is lost. */
@Tag("simulation")
final class IoErrorTest {
  private static final int KEYS = 150;
  private static final int OPERATIONS = 500;

  /** Every call fails in turn where the simulation runs its 10,000 seeds, else one in some. */
  private static final long STRIDE = Math.max(1, 10_000 / Long.getLong("firn.sim.seeds", 1000));

  /** What each key may hold: more than one version where an operation failed. */
  private static final class Model {
    private final Map<Integer, List<Integer>> allowed = new HashMap<>();
    private static final int NOTHING = -1;

    List<Integer> allowed(int key) {
      return allowed.computeIfAbsent(key, unused -> new ArrayList<>(List.of(NOTHING)));
    }

    void acknowledged(int key, int round) {
      List<Integer> versions = allowed(key);
      versions.clear();
      versions.add(round);
    }

    void failed(int key, int round) {
      allowed(key).add(round);
    }

    boolean permits(int key, byte @Nullable [] found) {
      for (int round : allowed(key)) {
        boolean same =
            round == NOTHING
                ? found == null
                : found != null && Arrays.equals(found, StillStore.value(key, round));
        if (same) {
          return true;
        }
      }
      return false;
    }

    void check(Table table) {
      check(table, "");
    }

    void check(Table table, String when) {
      for (int key = 0; key < KEYS; key++) {
        byte[] found = StillStore.get(table, key);
        assertThat(permits(key, found))
            .as("%s key %s, may hold rounds %s", when, key, allowed(key))
            .isTrue();
      }
    }
  }

  private final Model model = new Model();
  private int failures;

  /** Puts, removes, checkpoints and forces; notes what was acknowledged. */
  private void operate(StillStore store, Table table) {
    for (int n = 0; n < OPERATIONS; n++) {
      int key = (n * 37) % KEYS;
      boolean removes = n % 7 == 3;
      int round = removes ? Model.NOTHING : n;
      try {
        if (removes) {
          boolean ignored = StillStore.remove(table, key);
        } else {
          StillStore.put(table, key, round);
        }
        model.acknowledged(key, round);
      } catch (StoreIoException | DiskFullException e) {
        failures++;
        assertThat(e.getMessage()).isNotBlank();
        model.failed(key, round);
      }
      if (n % 40 == 39) {
        store.work(20);
        quietly(store);
      }
    }
  }

  private void quietly(StillStore store) {
    try {
      store.engine().flush();
    } catch (FirnException e) {
      failures++;
    }
  }

  /** Tells whether a file is one that is never forced again after a force of it has failed. */
  static boolean holdsFramesOrRecords(String path) {
    return path.startsWith("data/") || path.startsWith("wal/");
  }

  /** Returns how many disk calls the operations make when nothing fails. */
  private static long calls() throws IOException {
    SimDisk disk = new SimDisk(3);
    IoErrorTest run = new IoErrorTest();
    long before;
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      before = disk.counters().calls();
      run.operate(store, table);
      assertThat(run.failures).isZero();
      run.model.check(table);
      return disk.counters().calls() - before;
    }
  }

  private void runWithFault(long call, boolean lasting, Fault fault) throws IOException {
    SimDisk disk = new SimDisk(call);
    StillStore store = StillStore.open(disk);
    Table table = store.table();
    if (lasting) {
      disk.failFrom(call, fault);
    } else {
      disk.failCall(call, fault);
    }
    operate(store, table);
    SimDisk killed = disk.copy();
    disk.heal();
    store.heal();
    store.engine().flush();
    model.check(table);
    assertThat(disk.forcedAgain()).noneMatch(IoErrorTest::holdsFramesOrRecords);
    SimDisk powerless = disk.copy().crash(CrashKind.POWER);
    store.close();
    for (SimDisk next : List.of(killed, powerless, disk.crash(CrashKind.PROCESS))) {
      try (StillStore again = StillStore.open(next)) {
        assertThat(again.engine().recovery().gaps()).isEmpty();
        model.check(again.table());
        StillStore.put(again.table(), 1, 77_777);
        assertThat(StillStore.get(again.table(), 1)).isEqualTo(StillStore.value(1, 77_777));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void anyCallFailingOnce_losesNothingAcknowledged(Fault fault) throws IOException {
    long calls = calls();
    int failed = 0;
    for (long call = 1; call <= calls; call += STRIDE) {
      IoErrorTest run = new IoErrorTest();
      run.runWithFault(call, false, fault);
      failed += run.failures;
    }
    assertThat(failed).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void everyCallFailingFromAnyOneOn_losesNothingAcknowledged(Fault fault) throws IOException {
    long calls = calls();
    int failed = 0;
    for (long call = 1; call <= calls; call += STRIDE) {
      IoErrorTest run = new IoErrorTest();
      run.runWithFault(call, true, fault);
      failed += run.failures;
    }
    assertThat(failed).isPositive();
  }

  @Test
  void readsThatFail_areMissesAndCounted() throws IOException {
    SimDisk disk = new SimDisk(9);
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      for (int i = 0; i < KEYS; i++) {
        StillStore.put(table, i, 0);
      }
      disk.failFrom(DiskCall.READ, 1, Fault.EIO).failFrom(DiskCall.GET, 1, Fault.EIO);
      for (int i = 0; i < KEYS; i++) {
        assertThat(StillStore.get(table, i)).isNull();
      }
      assertThat(table.counters().misses.sum()).isEqualTo(KEYS);
      assertThat(table.counters().damaged.sum()).isEqualTo(KEYS);
      disk.heal();
      for (int i = 0; i < KEYS; i++) {
        assertThat(StillStore.get(table, i)).isEqualTo(StillStore.value(i, 0));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void anyCallFailingWhileOpening_isTypedAndLeavesTheStoreAsItWas(Fault fault) throws IOException {
    SimDisk closed = new SimDisk(5);
    try (StillStore store = StillStore.open(closed)) {
      operate(store, store.table());
    }
    SimDisk killed = closed.copy();
    StillStore writing = StillStore.open(killed);
    operate(writing, writing.table());
    SimDisk image = killed.crash(CrashKind.PROCESS);
    boolean met = true;
    for (long call = 1; met; call++) {
      met = openWithFault(image.copy(), call, false, fault);
      boolean ignored = openWithFault(image.copy(), call, true, fault);
    }
  }

  /** Tells whether opening, and the first slices of work after it, made so many calls. */
  private boolean openWithFault(SimDisk disk, long call, boolean lasting, Fault fault)
      throws IOException {
    WatchedDisk watched = new WatchedDisk(disk);
    if (lasting) {
      disk.failFrom(call, fault);
    } else {
      disk.failCall(call, fault);
    }
    openAndCheck(watched);
    boolean met = disk.counters().faults(fault) > 0;
    assertThat(watched.openHandles()).as("handles after call %s failed", call).isZero();
    disk.heal();
    try (StillStore store = StillStore.open(disk)) {
      model.check(store.table(), fault + " at call " + call);
    }
    return met;
  }

  private void openAndCheck(WatchedDisk disk) {
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.table().size()).isPositive();
    } catch (IOException | FirnException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void snapshotsThatCannotBeRead_areMissesUntilTheyCan() throws IOException {
    SimDisk disk = new SimDisk(15);
    try (StillStore store = StillStore.open(disk)) {
      for (int i = 0; i < KEYS; i++) {
        StillStore.put(store.table(), i, 0);
      }
    }
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      disk.faultsOnlyOn(path -> path.startsWith("index/")).failFrom(DiskCall.READ, 1, Fault.EIO);
      for (int i = 0; i < KEYS; i++) {
        assertThat(StillStore.get(table, i)).isNull();
      }
      assertThatThrownBy(() -> StillStore.put(table, 1, 1))
          .isInstanceOf(StoreIoException.class)
          .hasMessageContaining("entries of table t cannot be read");
      assertThatThrownBy(() -> StillStore.remove(table, 1)).isInstanceOf(StoreIoException.class);
      store.work(5);
      disk.heal();
      for (int i = 0; i < KEYS; i++) {
        assertThat(StillStore.get(table, i)).isEqualTo(StillStore.value(i, 0));
      }
      assertThat(table.size()).isEqualTo(KEYS);
    }
  }

  @Test
  void aSmallLimit_holdsAtEveryCall() throws IOException {
    long limit = 2 << 20;
    EngineOptions options = StillStore.with(limit, FlushMode.NONE, DamagePolicy.STANDARD, false);
    WatchedDisk disk = new WatchedDisk(new SimDisk(33));
    Map<Integer, Integer> known = new HashMap<>();
    try (StillStore store = StillStore.open(disk, options)) {
      Table table = store.table();
      int refused = 0;
      for (int n = 0; n < 30_000; n++) {
        int key = (n * 7919) % 9_000;
        try {
          StillStore.put(table, key, n);
          known.put(key, n);
        } catch (DiskFullException e) {
          refused++;
          int victim = (n * 31) % 9_000;
          assertThat(StillStore.remove(table, victim)).isEqualTo(known.remove(victim) != null);
        }
        if (n % 50 == 0) {
          store.work(3);
        }
      }
      assertThat(refused).isPositive();
      check(table, known);
    }
    assertThat(disk.largestBytes()).isBetween(limit * 3 / 4, limit);
    try (StillStore store = StillStore.open(disk, options)) {
      check(store.table(), known);
    }
    assertThat(disk.largestBytes()).isLessThanOrEqualTo(limit);
    assertThat(disk.openHandles()).isZero();
  }

  @Test
  void aFullDisk_refusesWritesAndTakesThemAgainWhenThereIsRoom() throws IOException {
    SimDisk disk = new SimDisk(44).quotaBytes(3 << 20);
    Map<Integer, Integer> known = new HashMap<>();
    int full = 0;
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      try {
        for (; ; full++) {
          StillStore.put(table, full, 0);
          known.put(full, 0);
        }
      } catch (DiskFullException e) {
        assertThat(e).hasMessageContaining("no space");
      }
      assertThat(store.engine().health().state()).isEqualTo(StoreState.DEGRADED);
      for (int i = 0; i < full; i += 10) {
        assertThat(StillStore.remove(table, i)).isTrue();
        known.remove(i);
      }
      check(table, known);
      disk.quotaBytes(64 << 20);
      store.heal();
      for (int i = 0; i < 500; i++) {
        StillStore.put(table, full + i, 1);
        known.put(full + i, 1);
      }
      check(table, known);
    }
    try (StillStore store = StillStore.open(disk)) {
      check(store.table(), known);
    }
  }

  @Test
  void aStoreKilledOnAFullDisk_opensWithEverythingOnceThereIsRoom() throws IOException {
    SimDisk disk = new SimDisk(45).quotaBytes(3 << 20);
    Map<Integer, Integer> known = new HashMap<>();
    StillStore store = StillStore.open(disk);
    try {
      for (int i = 0; ; i++) {
        StillStore.put(store.table(), i, 0);
        known.put(i, 0);
      }
    } catch (DiskFullException e) {
      assertThat(known).hasSizeGreaterThan(1_000);
    }
    SimDisk killed = disk.crash(CrashKind.PROCESS);
    try (StillStore again = StillStore.open(killed)) {
      check(again.table(), known);
    } catch (IOException | FirnException e) {
      assertThat(e.getMessage()).contains("no space");
    }
    killed.quotaBytes(64 << 20);
    try (StillStore again = StillStore.open(killed)) {
      check(again.table(), known);
    }
  }

  @Test
  void aStoreWithALowerLimitThanItsSize_opensAndRefusesWrites() throws IOException {
    SimDisk disk = new SimDisk(46);
    Map<Integer, Integer> known = new HashMap<>();
    try (StillStore store = StillStore.open(disk)) {
      for (int i = 0; i < 5_000; i++) {
        StillStore.put(store.table(), i, 0);
        known.put(i, 0);
      }
    }
    EngineOptions small = StillStore.with(1 << 19, FlushMode.NONE, DamagePolicy.STANDARD, false);
    try (StillStore store = StillStore.open(disk, small)) {
      check(store.table(), known);
      assertThatThrownBy(() -> StillStore.put(store.table(), 9_999, 0))
          .isInstanceOf(DiskFullException.class)
          .hasMessageContaining("of at most 524288");
      check(store.table(), known);
    }
    try (StillStore store = StillStore.open(disk)) {
      check(store.table(), known);
    }
  }

  private static void check(Table table, Map<Integer, Integer> known) {
    assertThat(table.size()).isEqualTo(known.size());
    known.forEach(
        (key, round) ->
            assertThat(StillStore.get(table, key)).isEqualTo(StillStore.value(key, round)));
  }
}
