// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Octets;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.StoreState;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where jobs stand, after every way in which a store may end. */
final class JobStatesTest {
  private static final int STORE = JobStates.WHOLE_STORE;

  private static Octets state(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return Octets.of(bytes);
  }

  private static JobEntry entry(int tableId, long job, Octets state) {
    return new JobEntry(tableId, job, 7, state);
  }

  private static void save(StillStore store, JobEntry entry) {
    store.engine().jobs().save(entry.tableId(), entry.jobId(), entry.kind(), entry.state());
  }

  @Test
  void aStateIsThere_afterACrash_withAndWithoutACheckpoint_andAfterAClose() throws IOException {
    SimDisk disk = new SimDisk(1);
    StillStore store = StillStore.open(disk, StillStore.sync());
    int table = store.table().id();
    JobEntry early = entry(STORE, 1, state(300, 1));
    JobEntry late = entry(table, 1, state(20, 4));
    save(store, entry(STORE, 1, state(10, 9)));
    save(store, early);
    save(store, entry(STORE, 2, state(10, 2)));
    store.checkpoint();
    save(store, entry(table, 1, state(10, 3)));
    save(store, late);
    save(store, entry(STORE, 2, Octets.EMPTY));
    assertThat(store.engine().jobs().all()).containsExactly(early, late);

    SimDisk crashed = disk.copy().crash(CrashKind.POWER);
    try (StillStore again = StillStore.open(crashed)) {
      assertThat(again.engine().jobs().all()).containsExactly(early, late);
    }
    try (StillStore again = StillStore.open(crashed)) {
      assertThat(again.engine().recovery().clean()).isTrue();
      assertThat(again.engine().jobs().all()).containsExactly(early, late);
    }
  }

  @Test
  void aNewerStateIsNotLostToAnOlderOne_whateverSnapshotRedoStartsFrom() throws IOException {
    SimDisk disk = new SimDisk(2);
    StillStore store = StillStore.open(disk);
    for (int i = 0; i < 40; i++) {
      save(store, entry(STORE, 1 + i % 3, state(i % 5 * 10, i)));
      StillStore.put(store.table(), i, 0);
      if (i % 7 == 0) {
        store.checkpoint();
      }
      store.engine().flush();
      var before = store.engine().jobs().all();
      try (StillStore again = StillStore.open(disk.copy().crash(CrashKind.POWER))) {
        assertThat(again.engine().jobs().all()).containsExactlyInAnyOrderElementsOf(before);
      }
    }
  }

  @Test
  void theStatesOfADroppedTable_goWithIt() throws IOException {
    SimDisk disk = new SimDisk(3);
    StillStore store = StillStore.open(disk);
    int table = store.table().id();
    JobEntry kept = entry(STORE, 5, state(10, 1));
    save(store, kept);
    save(store, entry(table, 5, state(10, 2)));
    store.checkpoint();
    save(store, entry(table, 6, state(10, 3)));
    assertThat(store.engine().dropTable(StillStore.TABLE)).isPositive();
    assertThat(store.engine().jobs().all()).containsExactly(kept);
    assertThatThrownBy(() -> save(store, entry(table, 5, state(10, 2))))
        .isInstanceOf(StoreClosedException.class)
        .hasMessageContaining("no table " + table);
    try (StillStore again = StillStore.open(disk.copy().crash(CrashKind.PROCESS))) {
      assertThat(again.engine().jobs().all()).containsExactly(kept);
    }
  }

  @Test
  void sizeKindAndNumberAreBounded() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(4))) {
      JobStates jobs = store.engine().jobs();
      int most = jobs.maximumStateBytes();
      assertThat(most).isBetween(2_000, JobStates.MAXIMUM_STATE_BYTES);
      assertThatThrownBy(() -> save(store, entry(STORE, 1, state(most + 1, 1))))
          .isInstanceOf(OversizedValueException.class)
          .hasMessageContaining("at most " + most);
      save(store, entry(STORE, 1, state(most, 1)));
      assertThatThrownBy(() -> jobs.save(STORE, 1, 256, state(1, 1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> jobs.save(STORE, 1, -1, state(1, 1)))
          .isInstanceOf(IllegalArgumentException.class);
      for (int i = 1; i <= JobStates.MAXIMUM_JOBS; i++) {
        save(store, entry(STORE, i, state(10, i)));
      }
      assertThatThrownBy(() -> save(store, entry(STORE, 1_000, state(1, 1))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("256 jobs");
      save(store, entry(STORE, 1_000, Octets.EMPTY));
      save(store, entry(STORE, 7, state(20, 1)));
      save(store, entry(STORE, 8, Octets.EMPTY));
      save(store, entry(STORE, 1_000, state(1, 1)));
      assertThat(jobs.all()).hasSize(JobStates.MAXIMUM_JOBS).isUnmodifiable();
    }
  }

  @Test
  void manyLargeStates_haveTheirRoomInBothManifests() throws IOException {
    SimDisk disk = new SimDisk(5);
    StillStore store = StillStore.open(disk);
    int most = store.engine().jobs().maximumStateBytes();
    for (int i = 0; i < 50; i++) {
      save(store, entry(STORE, i, state(most, i)));
    }
    long bytes = store.engine().manifests().bytes();
    assertThat(bytes).isGreaterThan(2L * 50 * most);
    for (int i = 0; i < 50; i++) {
      save(store, entry(STORE, i, state(most, i + 1)));
      store.checkpoint();
    }
    assertThat(store.engine().manifests().bytes()).isLessThan(bytes + 3L * most);
    try (StillStore again = StillStore.open(disk.copy().crash(CrashKind.PROCESS))) {
      assertThat(again.engine().jobs().all()).hasSize(50).isEqualTo(store.engine().jobs().all());
    }
  }

  @Test
  void aRefusedState_leavesTheOneBefore() throws IOException {
    SimDisk disk = new SimDisk(6);
    StillStore store = StillStore.open(disk);
    JobEntry before = entry(STORE, 1, state(10, 1));
    save(store, before);
    disk.quotaBytes(disk.allocatedBytes());
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                save(store, entry(STORE, 2 + i % 50, state(2_000, 2)));
              }
            })
        .isInstanceOf(DiskFullException.class);
    assertThat(store.engine().jobs().all()).contains(before);
    disk.quotaBytes(Long.MAX_VALUE);

    disk.faultRate(DiskCall.PUBLISH, 1, Fault.EIO);
    assertThatThrownBy(() -> save(store, entry(STORE, 1, state(10, 2))))
        .isInstanceOf(StoreIoException.class);
    disk.heal();
    assertThat(store.engine().jobs().all()).contains(before);
    store.heal();
    JobEntry after = entry(STORE, 1, state(10, 3));
    save(store, after);
    assertThat(store.engine().jobs().all()).contains(after);
  }

  @Test
  void aStoreAtItsOwnLimit_takesNoState() throws IOException {
    SimDisk disk = new SimDisk(7);
    EngineOptions small = StillStore.with(1 << 20, FlushMode.NONE, DamagePolicy.STANDARD, false);
    try (StillStore store = StillStore.open(disk, small)) {
      JobEntry one = entry(STORE, 1, state(10, 1));
      save(store, one);
      long needed =
          store.engine().relief().headroomBytes()
              + 2 * small.log().minimumBytes()
              + ManifestStore.growthBytes(one.bytes());
      long taken = room(store) - needed + 1;
      store.engine().ledger().reserve(taken, 0, "test");
      long before = disk.allocatedBytes();
      assertThatThrownBy(() -> save(store, one))
          .isInstanceOf(DiskFullException.class)
          .hasMessageContaining("what removals may need");
      assertThat(disk.allocatedBytes()).isEqualTo(before);
      assertThat(store.engine().health().state()).isEqualTo(StoreState.OK);
      store.engine().ledger().release(1);
      save(store, one);
      save(store, entry(STORE, 1, Octets.EMPTY));
    }
  }

  @Test
  void aDiskThatIsNearlyFull_takesNoState_butForgetsOne() throws IOException {
    SimDisk disk = new SimDisk(10);
    try (StillStore store = StillStore.open(disk)) {
      JobEntry one = entry(STORE, 1, state(10, 1));
      save(store, one);
      disk.quotaBytes(disk.allocatedBytes() + store.engine().relief().headroomBytes());
      assertThatThrownBy(() -> save(store, one)).isInstanceOf(DiskFullException.class);
      assertThat(store.engine().jobs().plannedBytes()).isEqualTo(one.bytes());
      save(store, entry(STORE, 1, Octets.EMPTY));
      assertThat(store.engine().jobs().all()).isEmpty();
      assertThat(store.engine().jobs().plannedBytes()).isZero();
    }
  }

  private static long room(StillStore store) {
    return store.engine().ledger().maximumBytes() - store.engine().ledger().usedBytes();
  }

  @Test
  void afterALossOfFrames_noJobGoesOn() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(9))) {
      save(store, entry(STORE, 1, state(10, 1)));
      save(store, entry(store.table().id(), 1, state(10, 1)));
      assertThat(store.engine().jobs().plannedBytes()).isEqualTo(2 * 27);
      store.engine().jobs().forgetAll();
      assertThat(store.engine().jobs().all()).isEmpty();
      assertThat(store.engine().jobs().plannedBytes()).isZero();
    }
  }

  @Test
  void nothingIsSavedInAClosedStore() throws IOException {
    StillStore store = StillStore.open(new SimDisk(8));
    store.close();
    assertThatThrownBy(() -> save(store, entry(STORE, 1, state(10, 1))))
        .isInstanceOf(StoreClosedException.class);
  }
}
