// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.EvacuationFixture.allPages;
import static io.firn.cold.engine.EvacuationFixture.audit;
import static io.firn.cold.engine.EvacuationFixture.check;
import static io.firn.cold.engine.EvacuationFixture.entries;
import static io.firn.cold.engine.EvacuationFixture.evacuate;
import static io.firn.cold.engine.EvacuationFixture.put;
import static io.firn.cold.engine.EvacuationFixture.putExpiring;
import static io.firn.cold.engine.EvacuationFixture.record;
import static io.firn.cold.engine.EvacuationFixture.seal;
import static io.firn.cold.engine.EvacuationFixture.settle;
import static io.firn.cold.engine.EvacuationFixture.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.Manifest;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.model.Address;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that move out of pages: nothing is lost, nothing is wrong, and the pages come back. */
final class EvacuationTest {
  private static final int KEYS = 600;

  @Test
  void everyLiveRecordMoves_andKeepsItsLsnAndChecksum() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(1))) {
      Table table = store.table();
      put(table, 0, KEYS, 0);
      put(table, 0, KEYS / 2, 1);
      seal(store);
      Map<Long, Long> before = entries(table);
      List<RecordMove> moves = new ArrayList<>();
      EvacuationResult result =
          new Evacuator(table).evacuate(allPages(table), RecordFilter.KEEP_ALL, moves::add);
      assertThat(result.moved()).isEqualTo(KEYS).isEqualTo(moves.size());
      assertThat(result.pagesFreed()).isEqualTo(result.pages()).isPositive();
      assertThat(result.movedBytes()).isEqualTo(moves.stream().mapToLong(RecordMove::bytes).sum());
      for (RecordMove move : moves) {
        assertThat(move.from()).isEqualTo(Address.withoutVisits(word(before, move.hash())));
        RecordReader old = record(table, move.from());
        RecordReader copy = record(table, move.to());
        assertThat(copy.lsn()).isEqualTo(old.lsn());
        assertThat(copy.crc()).isEqualTo(old.crc());
      }
      audit(table);
      long free = table.space().figures().totalFreeBytes();
      settle(store);
      assertThat(table.space().figures().totalFreeBytes()).isNotEqualTo(free);
      check(table, 0, KEYS / 2, 1);
      check(table, KEYS / 2, KEYS, 0);
    }
  }

  @Test
  void visitsMoveWithTheRecord() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(2))) {
      Table table = store.table();
      put(table, 0, 10, 0);
      check(table, 0, 5, 0);
      seal(store);
      Map<Long, Long> before = entries(table);
      assertThat(evacuate(table, allPages(table)).moved()).isEqualTo(10);
      entries(table)
          .forEach(
              (hash, word) ->
                  assertThat(Address.visits(word)).isEqualTo(Address.visits(word(before, hash))));
    }
  }

  @ParameterizedTest
  @EnumSource(CrashKind.class)
  void evacuatedPages_areUsedAgain_andACrashLosesNothing(CrashKind kind) throws IOException {
    SimDisk disk = new SimDisk(3);
    StillStore store = StillStore.open(disk);
    Table table = store.table();
    put(table, 0, KEYS, 0);
    for (int round = 1; round < 8; round++) {
      put(table, 0, KEYS / 3, round);
      seal(store);
      assertThat(evacuate(table, allPages(table)).moved()).isPositive();
      settle(store);
      audit(table);
    }
    assertThat(table.space().nextNumber()).isLessThan(60);
    store.engine().flush();
    seal(store);
    assertThat(evacuate(table, allPages(table)).moved()).isPositive();
    try (StillStore again = StillStore.open(disk.crash(kind))) {
      check(again.table(), 0, KEYS / 3, 7);
      check(again.table(), KEYS / 3, KEYS, 0);
      audit(again.table());
    }
  }

  @Test
  void aRecordThatOnlyReachesIntoAPage_movesToo() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(4))) {
      Table table = store.table();
      byte[] large = new byte[30_000];
      for (int i = 0; i < 12; i++) {
        Arrays.fill(large, (byte) i);
        StillStore.put(table, StillStore.key(i), large);
        put(table, 100 + 10 * i, 110 + 10 * i, 0);
      }
      seal(store);
      PageLayout layout = table.space().layout();
      for (int i = 0; i < 12; i++) {
        long word = word(table, i);
        int page = layout.pageOf(Address.offset(word)) + 1 + i % 4;
        EvacuationResult result =
            evacuate(table, List.of(new PageRun(Address.segment(word), page, 1)));
        assertThat(result.pagesByIndex()).isZero();
        assertThat(result.pages()).isEqualTo(1).isEqualTo(result.pagesFreed());
        assertThat(word(table, i)).isNotEqualTo(word);
        Arrays.fill(large, (byte) i);
        assertThat(StillStore.get(table, i)).isEqualTo(large);
        audit(table);
      }
      check(table, 100, 220, 0);
      settle(store);
      assertThat(evacuate(table, allPages(table)).pagesByIndex()).isZero();
      check(table, 100, 220, 0);
    }
  }

  @Test
  void aRecordThatReachesIntoAPage_movesToo_ifOnlyThePageBeforeItsOwnWasWalked()
      throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(4))) {
      Table table = store.table();
      for (int i = 0; i < 12; i++) {
        StillStore.put(table, StillStore.key(i), new byte[9_000]);
        put(table, 100 + 40 * i, 140 + 40 * i, 0);
      }
      seal(store);
      PageLayout layout = table.space().layout();
      int evacuated = 0;
      for (int i = 1; i < 12; i += 2) {
        long word = word(table, i);
        int segment = Address.segment(word);
        int page = layout.pageOf(Address.offset(word));
        if (page == 0) {
          continue;
        }
        evacuated++;
        EvacuationResult result =
            evacuate(
                table,
                List.of(new PageRun(segment, page - 1, 1), new PageRun(segment, page + 1, 1)));
        assertThat(result.pages()).isEqualTo(2).isEqualTo(result.pagesFreed());
        assertThat(word(table, i)).isNotEqualTo(word);
        assertThat(StillStore.get(table, i)).isEqualTo(new byte[9_000]);
        audit(table);
      }
      assertThat(evacuated).isPositive();
      check(table, 100, 580, 0);
    }
  }

  @Test
  void pagesThatLostTheEndOfADeadRecord_areStillWalked() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(5))) {
      Table table = store.table();
      for (int i = 0; i < 20; i++) {
        StillStore.put(table, StillStore.key(1_000 + i), new byte[9_000]);
        put(table, i, i + 1, 0);
      }
      seal(store);
      for (int i = 0; i < 20; i += 2) {
        assertThat(StillStore.remove(table, 1_000 + i)).isTrue();
      }
      settle(store);
      for (int i = 0; i < 20; i++) {
        StillStore.put(table, StillStore.key(2_000 + i), new byte[3_000]);
      }
      seal(store);
      EvacuationResult result = evacuate(table, allPages(table));
      assertThat(result.moved()).isEqualTo(50);
      assertThat(result.pagesByIndex()).isZero();
      check(table, 0, 20, 0);
      audit(table);
    }
  }

  @Test
  void movesAreReplayed_ontoAnOlderSnapshotToo() throws IOException {
    SimDisk disk = new SimDisk(13);
    try (StillStore store = StillStore.open(disk)) {
      put(store.table(), 0, KEYS, 0);
      seal(store);
      store.checkpoint();
      assertThat(evacuate(store.table(), allPages(store.table())).moved()).isEqualTo(KEYS);
      settle(store);
      put(store.table(), KEYS, KEYS + 50, 0);
    }
    Manifest manifest = Manifest.decode(disk.content(DamagedStores.newerManifest(disk)), "m");
    manifest
        .tables()
        .get(0)
        .partitions()
        .forEach(each -> disk.flipBit("index/1.idx", 8 * each.slots().get(0).offset() + 21));
    try (StillStore store = StillStore.open(disk)) {
      check(store.table(), 0, KEYS + 50, 0);
      settle(store);
      assertThat(store.engine().recovery().clean()).isTrue();
      audit(store.table());
    }
  }

  // ---- pages that cannot be walked

  @ParameterizedTest
  @ValueSource(strings = {"header", "length"})
  void aPageThatCannotBeWalked_isEvacuatedThroughTheIndex(String where) throws IOException {
    SimDisk disk = new SimDisk(6);
    try (StillStore store = StillStore.open(disk)) {
      put(store.table(), 0, KEYS, 0);
    }
    StillStore store = StillStore.open(disk);
    Table table = store.table();
    assertThat(evacuate(table, allPages(table)).pages()).as("not loaded yet").isZero();
    settle(store);
    long word = word(table, 77);
    PageLayout layout = table.space().layout();
    int page = layout.pageOf(Address.offset(word));
    Segment segment = Objects.requireNonNull(table.space().find(Address.segment(word)));
    boolean damagesRecord = where.equals("length");
    long at = damagesRecord ? Address.offset(word) + 10 : layout.headerOf(page) + 8;
    disk.flipBit(segment.path(), 8 * at);
    EvacuationResult result = evacuate(table, List.of(new PageRun(segment.number(), page, 1)));
    assertThat(result.pagesByIndex()).isEqualTo(1);
    assertThat(result.pagesFreed()).isEqualTo(1);
    assertThat(result.moved()).isPositive();
    assertThat(result.damaged()).isEqualTo(damagesRecord ? 1 : 0);
    assertThat(store.engine().stats().damagedRecords()).isEqualTo(result.damaged());
    assertThat(store.engine().quarantine()).hasSize(result.damaged());
    audit(table);
    store.engine().flush();
    settle(store);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      check(again.table(), 0, 77, 0);
      check(again.table(), 78, KEYS, 0);
      assertThat(again.table().size()).isEqualTo(KEYS - result.damaged());
      assertThat(StillStore.get(again.table(), 77))
          .isEqualTo(damagesRecord ? null : StillStore.value(77, 0));
      StillStore.put(again.table(), 77, 5);
      check(again.table(), 77, 78, 5);
      audit(again.table());
    }
  }

  @Test
  void pagesThatCannotBeRead_stayAsTheyAre() throws IOException {
    SimDisk disk = new SimDisk(7);
    try (StillStore store = StillStore.open(disk)) {
      put(store.table(), 0, KEYS, 0);
    }
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      settle(store);
      disk.faultsOnlyOn(path -> path.startsWith("data/")).failFrom(DiskCall.READ, 1, Fault.EIO);
      EvacuationResult result = evacuate(table, allPages(table));
      assertThat(result.pagesLeft()).isPositive();
      assertThat(result.moved() + result.damaged() + result.pagesFreed()).isLessThan(KEYS);
      assertThat(result.damaged()).isZero();
      disk.heal();
      audit(table);
      check(table, 0, KEYS, 0);
      assertThat(evacuate(table, allPages(table)).moved()).isEqualTo(KEYS);
      check(table, 0, KEYS, 0);
    }
  }

  // ---- records that are dropped

  @ParameterizedTest
  @EnumSource(CrashKind.class)
  void expiredAndRejectedRecords_areRemovedForGood(CrashKind kind) throws IOException {
    SimDisk disk = new SimDisk(8);
    StillStore store = StillStore.open(disk);
    Table table = store.table();
    long soon = ManualTime.START_MILLIS + 5_000;
    for (int i = 0; i < KEYS; i++) {
      putExpiring(table, i, 0, i % 3 == 0 ? soon : soon + 1_000_000);
    }
    seal(store);
    store.time().advance(6_000_000_000L);
    byte[] rejected = StillStore.key(1);
    long hash = table.hashOf(rejected, rejected.length);
    long stamp = table.writeStamp(hash);
    EvacuationResult result =
        new Evacuator(table)
            .evacuate(
                allPages(table),
                (each, word, bytes, written, expires) -> each != hash,
                move -> assertThat(move.hash()).isNotEqualTo(hash));
    assertThat(result.expired()).isEqualTo(KEYS / 3);
    assertThat(result.rejected()).isEqualTo(1);
    assertThat(result.moved()).isEqualTo(KEYS - KEYS / 3 - 1);
    assertThat(result.pagesFreed()).isEqualTo(result.pages());
    assertThat(table.writeStamp(hash)).isNotEqualTo(stamp);
    audit(table);
    store.engine().flush();
    settle(store);
    try (StillStore again = StillStore.open(disk.crash(kind))) {
      assertThat(again.table().size()).isEqualTo(KEYS - KEYS / 3 - 1);
      for (int i = 0; i < KEYS; i++) {
        assertThat(StillStore.get(again.table(), i))
            .as("key %s", i)
            .isEqualTo(i % 3 == 0 || i == 1 ? null : StillStore.value(i, 0));
      }
    }
  }

  // ---- the disk

  @Test
  void aFullStore_isEvacuated_andTakesPutsAgain() throws IOException {
    EngineOptions options = StillStore.with(2 << 20, FlushMode.NONE, DamagePolicy.STANDARD, false);
    try (StillStore store = StillStore.open(new SimDisk(9), options)) {
      Table table = store.table();
      int full = fill(store, 0);
      for (int i = 0; i < full; i++) {
        if (i % 3 != 0) {
          assertThat(StillStore.remove(table, i)).isTrue();
        }
      }
      settle(store);
      int again = fill(store, full);
      assertThat(again - full).as("fits without evacuation").isLessThan(full / 4);
      int freed = 0;
      for (int round = 0; round < 3; round++) {
        for (PageRun run : allPages(table)) {
          freed += evacuate(table, List.of(run)).pagesFreed();
          settle(store);
        }
      }
      assertThat(freed).isPositive();
      audit(table);
      int last = fill(store, again);
      assertThat(last - again).isGreaterThan(full / 4);
      for (int i = 0; i < full; i += 3) {
        check(table, i, i + 1, 0);
      }
      check(table, full, last, 0);
    }
  }

  private static int fill(StillStore store, int first) {
    for (int i = first; ; i++) {
      try {
        StillStore.put(store.table(), i, 0);
      } catch (DiskFullException e) {
        return i;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskCall.class,
      names = {"PUT", "FORCE", "PUBLISH", "PREPARE"})
  void whatFailsOnTheWay_leavesTheRecordsWhereTheyAre(DiskCall call) throws IOException {
    SimDisk disk = new SimDisk(10);
    StillStore store = StillStore.open(disk);
    Table table = store.table();
    put(table, 0, KEYS, 0);
    store.engine().flush();
    seal(store);
    disk.failFrom(call, 3, Fault.EIO);
    assertThatThrownBy(() -> evacuate(table, allPages(table))).isInstanceOf(StoreIoException.class);
    disk.heal();
    check(table, 0, KEYS, 0);
    audit(table);
    try (StillStore again = StillStore.open(disk.crash(CrashKind.PROCESS))) {
      check(again.table(), 0, KEYS, 0);
      assertThat(evacuate(again.table(), allPages(again.table())).moved()).isEqualTo(KEYS);
      check(again.table(), 0, KEYS, 0);
    }
  }

  @Test
  void aRetiredSegment_isDeleted_whenItCanBe() throws IOException {
    SimDisk disk = new SimDisk(11);
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      put(table, 0, KEYS, 0);
      seal(store);
      Segment first = table.space().segments().get(0);
      long used = store.engine().stats().dataBytes();
      disk.faultsOnlyOn(path -> path.equals(first.path())).failCall(DiskCall.DELETE, 1, Fault.EIO);
      EvacuationResult result =
          new Evacuator(table).retire(first.number(), RecordFilter.KEEP_ALL, move -> {});
      assertThat(result.pages()).isEqualTo(first.pages()).isEqualTo(result.pagesFreed());
      settle(store);
      assertThat(first.isDropped()).isTrue();
      assertThat(disk.exists(first.path())).isTrue();
      assertThat(disk.sizes()).containsEntry(first.path(), 0L);
      assertThat(table.worker().undeleted()).containsExactly(first.path());
      for (int i = 0; i < 40; i++) {
        int unusedWork = table.worker().work();
      }
      assertThat(table.worker().undeleted()).isEmpty();
      assertThat(disk.exists(first.path())).isFalse();
      assertThat(new Evacuator(table).segments()).doesNotContain(first);
      assertThat(store.engine().stats().dataBytes()).isLessThanOrEqualTo(used + 65_536);
      assertThat(
              new Evacuator(table)
                  .retire(first.number(), RecordFilter.KEEP_ALL, move -> {})
                  .pages())
          .isZero();
      check(table, 0, KEYS, 0);
      audit(table);
    }
  }

  @Test
  void aClosedStoreAndADroppedTable_refuse() throws IOException {
    StillStore store = StillStore.open(new SimDisk(12));
    Table table = store.table();
    put(table, 0, 10, 0);
    long unusedLsn = store.engine().dropTable(StillStore.TABLE);
    assertThatThrownBy(() -> evacuate(table, List.of())).isInstanceOf(StoreClosedException.class);
    Table other = store.table("other");
    store.close();
    assertThatThrownBy(() -> evacuate(other, List.of())).isInstanceOf(StoreClosedException.class);
  }
}
