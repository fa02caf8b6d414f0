// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.Step;
import io.firn.cold.format.Octets;
import io.firn.cold.model.StoreHealth;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.StoreState;
import io.firn.cold.segment.Segment;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A store whose disk has failed works again by itself, and has lost nothing. */
final class HealingTest {
  private static final int KEYS = 100;

  private final SimDisk disk = new SimDisk(77);

  private static StillStore filled(SimDisk disk) throws IOException {
    StillStore store = StillStore.open(disk);
    fill(store, 0);
    store.engine().flush();
    return store;
  }

  private static void fill(StillStore store, int round) {
    for (int i = 0; i < KEYS; i++) {
      StillStore.put(store.table(), i, round);
    }
  }

  private static void check(StillStore store, int round) {
    check(store, round, "");
  }

  private static void check(StillStore store, int round, String when) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(Arrays.equals(StillStore.get(store.table(), i), StillStore.value(i, round)))
          .as("key %s %s", i, when)
          .isTrue();
    }
  }

  private void failForce(StillStore store, Predicate<String> paths) {
    disk.faultsOnlyOn(paths).failCall(DiskCall.FORCE, 1, Fault.EIO);
    assertThatThrownBy(() -> store.engine().flush()).isInstanceOf(StoreIoException.class);
    disk.heal();
    disk.faultsOnlyOn(path -> true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/", "wal/"})
  void aFailedForce_losesNothing_andIsMadeGood(String files) throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith(files));
    StoreHealth degraded = store.engine().health();
    assertThat(degraded.state()).isEqualTo(StoreState.DEGRADED);
    assertThat(degraded.reason()).contains("fail");
    check(store, 1);
    store.heal();
    assertThat(store.engine().health().reason()).isEmpty();
    check(store, 1);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      assertThat(again.engine().recovery().gaps()).isEmpty();
      check(again, 1);
    }
  }

  @Test
  void partitionsThatSplitDuringTheRescue_areRescued() throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith("data/"));
    int before = store.table().index().partitions().size();
    store
        .threads()
        .at(
            Step.READ,
            () -> {
              for (int i = KEYS; i < 10 * KEYS; i++) {
                StillStore.put(store.table(), i, 1);
              }
            });
    store.heal();
    assertThat(store.table().index().partitions()).hasSizeGreaterThan(before);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      check(again, 1);
    }
  }

  @Test
  void aTableWhoseDropCannotBeLogged_stays_underItsName() throws IOException {
    StillStore store = filled(disk);
    disk.faultsOnlyOn(path -> path.startsWith("wal/")).failCall(DiskCall.PUBLISH, 1, Fault.EIO);
    assertThatThrownBy(() -> store.engine().dropTable(StillStore.TABLE))
        .isInstanceOf(StoreIoException.class);
    disk.heal();
    store.heal();
    assertThat(store.engine().openTable(StillStore.TABLE, Octets.EMPTY)).isSameAs(store.table());
    check(store, 0);
    assertThat(store.engine().dropTable(StillStore.TABLE)).isPositive();
    store.close();
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      assertThat(again.engine().tables()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/", "wal/"})
  void aPowerFailureBeforeHealing_leavesWhatWasDurable(String files) throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith(files));
    fill(store, 2);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      assertThat(again.engine().recovery().gaps()).isEmpty();
      int round = 2;
      for (int i = 0; i < KEYS; i++) {
        while (!Arrays.equals(StillStore.get(again.table(), i), StillStore.value(i, round))) {
          round--; // later keys may only have earlier versions
          assertThat(round).as("key %s", i).isNotNegative();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/", "wal/"})
  void aKilledProcessBeforeHealing_losesNothing(String files) throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith(files));
    fill(store, 2);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      check(again, 2);
    }
  }

  @Test
  void writesGoOnWhileTheStoreIsDegraded_andAreDurableAfterwards() throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith("data/"));
    fill(store, 2);
    assertThatThrownBy(() -> store.engine().flush())
        .isInstanceOf(StoreIoException.class)
        .hasMessageContaining("healed");
    store.heal();
    store.engine().flush();
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      check(again, 2);
    }
  }

  @Test
  void aWriteThatTheLogRefuses_isAnErrorAndTheNextOneGoesOnInAnotherSegment() throws IOException {
    StillStore store = filled(disk);
    disk.faultsOnlyOn(path -> path.startsWith("wal/")).failCall(DiskCall.PUBLISH, 1, Fault.SHORT);
    assertThatThrownBy(() -> StillStore.put(store.table(), 1, 1))
        .isInstanceOf(StoreIoException.class)
        .hasMessageContaining("the log cannot be written");
    assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 0));
    assertThat(store.engine().health().state()).isEqualTo(StoreState.DEGRADED);
    fill(store, 1);
    assertThat(store.engine().health().state()).isEqualTo(StoreState.DEGRADED);
    store.heal();
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      check(again, 1);
    }
  }

  @Test
  void aLogThatCannotGoOnAnywhere_makesTheStoreReadOnlyUntilItCan() throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    disk.faultsOnlyOn(path -> path.startsWith("wal/"))
        .failFrom(DiskCall.FORCE, 1, Fault.EIO)
        .failFrom(DiskCall.PUT, 1, Fault.EIO);
    assertThatThrownBy(() -> store.engine().flush()).isInstanceOf(StoreIoException.class);
    store.pass(1_000_000);
    assertThat(store.engine().health().state()).isEqualTo(StoreState.READ_ONLY);
    long since = store.engine().health().sinceMillis();
    assertThatThrownBy(() -> StillStore.put(store.table(), 1, 2))
        .isInstanceOf(StoreIoException.class);
    check(store, 1);
    store.pass(3_000_000_000L);
    assertThat(store.engine().health().sinceMillis()).isEqualTo(since);
    disk.heal();
    store.heal();
    fill(store, 2);
    check(store, 2);
    store.close();
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      assertThat(again.engine().recovery().clean()).isTrue();
      check(again, 2);
    }
  }

  @Test
  void recordsOfAFailedFileThatCannotBeRead_becomeCountedMisses() throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith("data/"));
    String failed = store.engine().forcer().failed().list().get(0).path();
    disk.faultsOnlyOn(failed::equals)
        .failFrom(DiskCall.READ, 1, Fault.EIO)
        .failFrom(DiskCall.GET, 1, Fault.EIO);
    for (int i = 0; i < 300 && store.engine().health().state() != StoreState.OK; i++) {
      store.pass(1_000_000_000L);
    }
    assertThat(store.engine().health().state()).isEqualTo(StoreState.OK);
    disk.heal();
    assertThat(store.table().counters().damaged.sum()).isPositive();
    assertThat(store.engine().quarantine()).isNotEmpty();
    assertThat(store.table().size()).isLessThan(KEYS);
    for (int i = 0; i < KEYS; i++) {
      byte[] found = StillStore.get(store.table(), i);
      assertThat(found == null || Arrays.equals(found, StillStore.value(i, 1))).isTrue();
    }
    fill(store, 2);
    check(store, 2);
  }

  @Test
  void aStoreThatFailsAgainAndAgain_isTriedAtGrowingIntervals() throws IOException {
    StillStore store = filled(disk);
    int healed = 0;
    for (int slice = 0; slice < 2_000; slice++) {
      if (store.engine().health().state() == StoreState.OK) {
        healed++;
        StillStore.put(store.table(), 1, healed);
        failForce(store, path -> path.startsWith("wal/"));
      }
      store.pass(10_000_000);
    }
    assertThat(healed).as("times in 20 seconds").isBetween(5, 15);
    store.heal();
    assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, healed));
  }

  @Test
  void closingAStoreThatHasFailed_healsItFirst() throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith("wal/"));
    store.close();
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      assertThat(again.engine().recovery().clean()).isTrue();
      check(again, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "data/, EIO, false", "data/, EIO, true", "data/, SHORT, false", "data/, ENOSPC, true",
    "wal/, EIO, false", "wal/, EIO, true", "wal/, SHORT, false", "wal/, ENOSPC, true"
  })
  void healingItself_mayFailOrEndAtEveryCall(String files, Fault fault, boolean lasting)
      throws IOException {
    long call = 1;
    while (new HealingTest().healWithFaultAt(call, files, fault, lasting)) {
      call++;
    }
    assertThat(call).isGreaterThan(10);
  }

  /** Tells whether the healing made so many calls. */
  private boolean healWithFaultAt(long call, String files, Fault fault, boolean lasting)
      throws IOException {
    StillStore store = filled(disk);
    fill(store, 1);
    failForce(store, path -> path.startsWith(files));
    long before = disk.counters().faults(fault);
    if (lasting) {
      disk.failFrom(call, fault);
    } else {
      disk.failCall(call, fault);
    }
    store.pass(1_000_000);
    SimDisk image = disk.copy();
    boolean met = disk.counters().faults(fault) > before;
    disk.heal();
    store.heal();
    assertThat(disk.forcedAgain()).noneMatch(IoErrorTest::holdsFramesOrRecords);
    String when = fault + " at call " + call + (lasting ? " and later" : "") + ", " + files;
    try (StillStore killed = StillStore.open(image)) {
      check(killed, 1, "killed after " + when);
    }
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      assertThat(again.engine().recovery().gaps()).as(when).isEmpty();
      check(again, 1, when);
    }
    return met;
  }

  @Test
  void whenAllFilesHaveFailed_theStoreHeals() throws IOException {
    byte[] longValue = Arrays.copyOf(StillStore.value(1, 1), 5000); // too long for a frame
    StillStore store = StillStore.open(disk, StillStore.sync());
    for (int i = 0; i < KEYS; i++) {
      StillStore.put(store.table(), StillStore.key(i), longValue);
    }
    List<Segment> segments = store.table().space().segments();
    assertThat(segments).hasSizeGreaterThan(2);
    segments.forEach(store.engine().forcer().failed()::add);
    store.heal();
    checkAll(store, longValue);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER), StillStore.sync())) {
      checkAll(again, longValue);
    }
  }

  private static void checkAll(StillStore store, byte[] value) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(StillStore.get(store.table(), i)).as("key %s", i).isEqualTo(value);
    }
  }
}
