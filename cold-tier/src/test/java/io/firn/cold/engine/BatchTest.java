// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.Manifest;
import io.firn.cold.model.Address;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.WriteTimeoutException;
import io.firn.cold.segment.SpaceAudit;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches: all or nothing, for readers, on errors and across crashes. */
final class BatchTest {
  private static final int KEYS = 40;

  private static void put(PendingBatch batch, Table table, int key, String value) {
    byte[] bytes = StillStore.key(key);
    byte[] content = value.getBytes(StandardCharsets.UTF_8);
    long hash = table.hashOf(bytes, bytes.length);
    batch.put(hash, bytes, bytes.length, content, content.length, StillStore.NEVER);
  }

  private static void remove(PendingBatch batch, Table table, int key) {
    byte[] bytes = StillStore.key(key);
    batch.remove(table.hashOf(bytes, bytes.length), bytes, bytes.length);
  }

  private static void put(Table table, int key, String value) {
    StillStore.put(table, StillStore.key(key), value.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String get(Table table, int key) {
    byte[] found = StillStore.get(table, key);
    return found == null ? null : new String(found, StandardCharsets.UTF_8);
  }

  /** Puts every key on its own. */
  private static void fill(Table table) {
    for (int i = 0; i < KEYS; i++) {
      put(table, i, "old " + i);
    }
  }

  /** Returns a prepared batch that writes the even keys and removes the odd ones. */
  private static PendingBatch prepared(Table table) {
    PendingBatch batch = table.batch();
    for (int i = 0; i < KEYS; i++) {
      if (i % 2 == 0) {
        put(batch, table, i, "new " + i);
      } else {
        remove(batch, table, i);
      }
    }
    batch.prepare();
    return batch;
  }

  private static void assertOld(Table table) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(get(table, i)).isEqualTo("old " + i);
    }
  }

  private static void assertNew(Table table) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(get(table, i)).isEqualTo(i % 2 == 0 ? "new " + i : null);
    }
  }

  /** Compares all charges with those that follow from the index. */
  private static void audit(StillStore store) {
    List<Long> words = new ArrayList<>();
    store
        .table()
        .index()
        .lockAll(partitions -> partitions.forEach(p -> p.forEach((hash, word) -> words.add(word))));
    SpaceAudit.check(store.table().space(), words);
  }

  private static EngineOptions mode(FlushMode mode) {
    return StillStore.with(64L << 20, mode, DamagePolicy.STANDARD, false);
  }

  @Test
  void nothingIsVisibleBeforeTheCommit_andAllOfItAfter() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(1))) {
      Table table = store.table();
      fill(table);
      try (PendingBatch batch = prepared(table)) {
        assertOld(table);
        assertThat(batch.commit()).isPositive();
        assertNew(table);
      }
      assertNew(table);
      assertThat(table.size()).isEqualTo(KEYS / 2);
      assertThat(table.counters().puts.sum()).isEqualTo(KEYS + KEYS / 2);
      assertThat(table.counters().removes.sum()).isEqualTo(KEYS / 2);
      audit(store);
    }
  }

  @Test
  void anAbandonedBatch_leavesNothingButGarbage() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(1))) {
      fill(store.table());
      prepared(store.table()).close();
      assertOld(store.table());
      audit(store);
    }
  }

  @ParameterizedTest
  @EnumSource(CrashKind.class)
  void aCrashBeforeTheCommit_dropsAllOfIt(CrashKind kind) throws IOException {
    SimDisk disk = new SimDisk(2);
    StillStore store = StillStore.open(disk, mode(FlushMode.SYNC));
    fill(store.table());
    PendingBatch unused = prepared(store.table());
    store.engine().flush();
    try (StillStore next = StillStore.open(disk.crash(kind), mode(FlushMode.SYNC))) {
      assertOld(next.table());
      audit(next);
    }
  }

  @ParameterizedTest
  @EnumSource(CrashKind.class)
  void aCrashAfterTheCommit_keepsAllOfIt(CrashKind kind) throws IOException {
    SimDisk disk = new SimDisk(3);
    StillStore store = StillStore.open(disk, mode(FlushMode.SYNC));
    fill(store.table());
    PendingBatch batch = prepared(store.table());
    long ignored = batch.commit();
    batch.awaitDurable();
    try (StillStore next = StillStore.open(disk.crash(kind), mode(FlushMode.SYNC))) {
      assertNew(next.table());
      audit(next);
    }
  }

  @Test
  void waitsForItsDurabilityOnce() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(4), mode(FlushMode.SYNC))) {
      fill(store.table());
      long before = store.engine().forcer().rounds();
      try (PendingBatch batch = prepared(store.table())) {
        long ignored = batch.commit();
        batch.awaitDurable();
      }
      assertThat(store.engine().forcer().rounds()).isEqualTo(before + 1);
    }
  }

  /** The snapshots stand between the first frame and the commit: the commit's LSN counts. */
  @Test
  void snapshotsTakenWhileItWasOpen_areFollowedByItsCommit() throws IOException {
    SimDisk disk = new SimDisk(5);
    StillStore store = StillStore.open(disk);
    fill(store.table());
    PendingBatch batch = prepared(store.table());
    for (int i = 0; i < 4; i++) {
      put(store.table(), 1000 + i, "between");
      store.checkpoint();
    }
    long ignored = batch.commit();
    try (StillStore next = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      assertNew(next.table());
      assertThat(get(next.table(), 1002)).isEqualTo("between");
    }
  }

  /** A partition that is loaded late, from its older snapshot, finds the batch in the log too. */
  @Test
  void aDamagedSnapshot_isReplacedByTheOlderOne_whichABatchSpans() throws IOException {
    SimDisk disk = new SimDisk(6);
    try (StillStore store = StillStore.open(disk)) {
      fill(store.table());
      store.checkpoint();
      try (PendingBatch batch = prepared(store.table())) {
        put(store.table(), 1000, "between");
        store.checkpoint();
        long ignored = batch.commit();
      }
    }
    Manifest manifest =
        Manifest.decode(disk.content(DamagedStores.newerManifest(disk)), "manifest");
    manifest.tables().get(0).partitions().stream()
        .map(partition -> partition.slots().get(0))
        .forEach(slot -> disk.flipBit("index/1.idx", 8 * slot.offset() + 21));
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().recovery().clean()).isTrue();
      assertNew(store.table());
      assertThat(get(store.table(), 1000)).isEqualTo("between");
      // The log must go on to be kept from the batch's first frame while the older slot counts.
      store.checkpoint();
    }
    try (StillStore store = StillStore.open(disk)) {
      assertNew(store.table());
    }
  }

  /** Its record is covered by a filler, but its frame stays: that is no end of the history. */
  @Test
  void framesOfAnAbandonedBatch_doNotEndTheHistory() throws IOException {
    SimDisk disk = new SimDisk(7);
    StillStore store = StillStore.open(disk);
    fill(store.table());
    prepared(store.table()).close();
    put(store.table(), 3, "later");
    try (StillStore next = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      assertThat(get(next.table(), 3)).isEqualTo("later");
      assertThat(get(next.table(), 4)).isEqualTo("old 4");
    }
  }

  @Test
  void aCommitWhoseRecordsDoNotVerify_endsTheHistory() throws IOException {
    SimDisk disk = new SimDisk(8);
    StillStore store = StillStore.open(disk);
    fill(store.table());
    store.engine().flush();
    PendingBatch batch = prepared(store.table());
    long ignored = batch.commit();
    put(store.table(), 5, "later");
    long word = store.table().index().find(store.table().hashOf(StillStore.key(4), 5));
    disk.flipBit(store.table().space().segments().get(0).path(), 8 * (Address.offset(word) + 12));
    try (StillStore next = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      assertOld(next.table());
    }
  }

  @Test
  void aClearBetweenFramesAndCommit_doesNotTakeItAway() throws IOException {
    SimDisk disk = new SimDisk(9);
    StillStore store = StillStore.open(disk);
    fill(store.table());
    PendingBatch batch = prepared(store.table());
    long unusedClear = store.table().clear();
    long ignored = batch.commit();
    assertNew(store.table());
    try (StillStore next = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      assertNew(next.table());
    }
  }

  @Test
  void anOpenBatch_keepsTheLog_untilItsTimeIsOver() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(10))) {
      Table table = store.table();
      fill(table);
      try (PendingBatch batch = prepared(table)) {
        for (int round = 0; round < 40; round++) {
          for (int i = 0; i < 200; i++) {
            put(table, 1000 + i, "round " + round);
          }
          store.work(10);
        }
        assertThat(store.engine().manifests().neededLsn()).isLessThanOrEqualTo(batch.firstLsn());
        assertThat(store.engine().log().oldestLsn()).isLessThanOrEqualTo(batch.firstLsn());
        store.time().advance(StillStore.OPTIONS.batches().nanos() + 1);
        store.checkpoint();
        store.checkpoint();
        store.checkpoint();
        assertThat(store.engine().manifests().neededLsn()).isGreaterThan(batch.firstLsn());
        assertThat(store.engine().log().oldestLsn()).isGreaterThan(batch.firstLsn());
        assertThatThrownBy(batch::commit)
            .isInstanceOf(WriteTimeoutException.class)
            .hasMessageContaining("table t");
      }
      assertOld(table);
      audit(store);
    }
  }

  @Test
  void aBatchThatACheckpointGaveUp_isRefusedAtItsCommit() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(10))) {
      fill(store.table());
      PendingBatch batch = prepared(store.table());
      long ignored =
          store
              .engine()
              .batches()
              .redoLsn(Long.MAX_VALUE, 2 * StillStore.OPTIONS.batches().nanos());
      assertThatThrownBy(batch::commit).isInstanceOf(WriteTimeoutException.class);
      assertOld(store.table());
      assertThatThrownBy(batch::commit).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aBatchThatIsOpenForTooLong_isGivenUpByItsNextCall() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(11))) {
      Table table = store.table();
      try (PendingBatch collecting = table.batch();
          PendingBatch unprepared = table.batch()) {
        put(collecting, table, 1, "a");
        put(unprepared, table, 1, "a");
        store.time().advance(StillStore.OPTIONS.batches().nanos() + 1);
        assertThatThrownBy(() -> put(collecting, table, 2, "b"))
            .isInstanceOf(WriteTimeoutException.class);
        assertThatThrownBy(unprepared::prepare).isInstanceOf(WriteTimeoutException.class);
      }
      assertThat(get(table, 1)).isNull();
    }
  }

  @Test
  void theLastOfAKey_wins() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(12))) {
      Table table = store.table();
      put(table, 3, "old");
      try (PendingBatch batch = table.batch()) {
        put(batch, table, 1, "first");
        put(batch, table, 2, "gone");
        put(batch, table, 1, "last");
        remove(batch, table, 2);
        remove(batch, table, 3);
        put(batch, table, 3, "again");
        batch.prepare();
        long ignored = batch.commit();
      }
      assertThat(get(table, 1)).isEqualTo("last");
      assertThat(get(table, 2)).isNull();
      assertThat(get(table, 3)).isEqualTo("again");
      audit(store);
    }
  }

  @Test
  void bounds_areTypedErrors_andLeaveTheBatchAsItWas() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(13))) {
      Table table = store.table();
      BatchLimits limits = StillStore.OPTIONS.batches();
      try (PendingBatch batch = table.batch()) {
        for (int i = 0; i < limits.keys(); i++) {
          put(batch, table, i, "v");
        }
        assertThatThrownBy(() -> put(batch, table, limits.keys(), "one too many"))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("1000 keys");
        put(batch, table, 7, "replaced");
        byte[] large = new byte[(int) limits.bytes()];
        byte[] key = StillStore.key(8);
        long hash = table.hashOf(key, key.length);
        assertThatThrownBy(
                () -> batch.put(hash, key, key.length, large, large.length, StillStore.NEVER))
            .isInstanceOf(OversizedValueException.class)
            .hasMessageContaining("bytes in table t");
        assertThatThrownBy(
                () -> batch.put(hash, key, key.length, large, (1 << 20) + 1, StillStore.NEVER))
            .isInstanceOf(OversizedValueException.class);
        assertThatThrownBy(() -> batch.remove(hash, key, 0))
            .isInstanceOf(IllegalArgumentException.class);
        batch.prepare();
        long ignored = batch.commit();
      }
      assertThat(get(table, 7)).isEqualTo("replaced");
      assertThat(get(table, 8)).isEqualTo("v");
      assertThat(table.size()).isEqualTo(limits.keys());
    }
    assertThatThrownBy(() -> new BatchLimits(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anEmptyBatch_isCommittedWithoutAFrame() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(14));
        PendingBatch batch = store.table().batch()) {
      long before = store.engine().log().end();
      batch.prepare();
      assertThat(batch.commit()).isZero();
      batch.awaitDurable();
      assertThat(store.engine().log().end()).isEqualTo(before);
    }
  }

  @Test
  void callsOutOfOrder_areRefused() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(15))) {
      Table table = store.table();
      PendingBatch batch = table.batch();
      assertThatThrownBy(batch::commit).isInstanceOf(IllegalStateException.class);
      put(batch, table, 1, "a");
      batch.prepare();
      assertThatThrownBy(batch::prepare).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> put(batch, table, 2, "b")).isInstanceOf(IllegalStateException.class);
      long hash = table.hashOf(StillStore.key(1), StillStore.key(1).length);
      assertThatThrownBy(() -> batch.writeStamp(hash)).isInstanceOf(IllegalArgumentException.class);
      long ignored = batch.commit();
      assertThat(batch.writeStamp(hash)).isEqualTo(table.writeStamp(hash));
      assertThatThrownBy(() -> batch.writeStamp(hash + 1))
          .isInstanceOf(IllegalArgumentException.class);
      put(table, 1, "b");
      assertThat(batch.writeStamp(hash)).isNotEqualTo(table.writeStamp(hash));
      batch.close();
      batch.close();
      assertThatThrownBy(batch::commit).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void onAFullDisk_theBatchFailsAsAWhole_andOlderValuesStay() throws IOException {
    SimDisk disk = new SimDisk(16);
    try (StillStore store =
        StillStore.open(
            disk, StillStore.with(2 << 20, FlushMode.SYNC, DamagePolicy.STANDARD, false))) {
      Table table = store.table();
      fill(table);
      String large = "x".repeat(20_000);
      boolean refused = false;
      for (int round = 0; round < 20 && !refused; round++) {
        try (PendingBatch batch = table.batch()) {
          for (int i = 0; i < KEYS / 2; i++) {
            put(batch, table, round == 0 ? 100 + i : i, large);
            put(batch, table, 200 + 100 * round + i, large);
          }
          batch.prepare();
          long ignored = batch.commit();
        } catch (DiskFullException e) {
          refused = true;
          for (int i = 0; i < KEYS; i++) {
            assertThat(get(table, i)).isNotNull();
            assertThat(get(table, 200 + 100 * round + i)).isNull();
          }
        }
      }
      assertThat(refused).isTrue();
      audit(store);
    }
  }

  @Test
  void aCommitThatCannotBeLogged_changesNothing() throws IOException {
    SimDisk disk = new SimDisk(17);
    try (StillStore store = StillStore.open(disk)) {
      fill(store.table());
      try (PendingBatch batch = prepared(store.table())) {
        disk.failCall(DiskCall.PUBLISH, 1, Fault.EIO);
        assertThatThrownBy(batch::commit).isInstanceOf(StoreIoException.class);
      }
      disk.heal();
      assertOld(store.table());
    }
  }

  @Test
  void anyCallThatFailsWhileItIsPrepared_leavesEverythingAsItWas() throws IOException {
    for (int call = 1; call < 60; call++) {
      SimDisk disk = new SimDisk(18);
      try (StillStore store = StillStore.open(disk)) {
        fill(store.table());
        disk.failCall(call, Fault.EIO);
        boolean done = false;
        try (PendingBatch batch = prepared(store.table())) {
          long ignored = batch.commit();
          done = true;
        } catch (FirnException e) {
          assertThat(e).isInstanceOf(StoreIoException.class);
        }
        disk.heal();
        if (done) {
          assertNew(store.table());
        } else {
          assertOld(store.table());
        }
      }
    }
  }

  @Test
  void aClosedStore_isATypedError() throws IOException {
    StillStore store = StillStore.open(new SimDisk(19));
    Table table = store.table();
    PendingBatch batch = table.batch();
    put(batch, table, 1, "a");
    store.close();
    assertThatThrownBy(batch::prepare).isInstanceOf(StoreClosedException.class);
  }
}
