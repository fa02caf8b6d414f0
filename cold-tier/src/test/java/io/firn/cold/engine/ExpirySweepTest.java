// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.StoreClosedException;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SegmentExpiry;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whole segments of expired records go without a record being read. */
final class ExpirySweepTest {
  private static final int KEYS = 1_000;
  private static final long LIFE_MILLIS = 60_000;

  private static Set<Integer> all(Table table) {
    return table.space().segments().stream().map(Segment::number).collect(Collectors.toSet());
  }

  private static SweepResult sweep(StillStore store) {
    return new Evacuator(store.table()).sweepExpired(all(store.table()));
  }

  private static long fill(StillStore store) {
    long expiresAt = store.engine().wallMillis() + LIFE_MILLIS;
    for (int i = 0; i < KEYS; i++) {
      EvacuationFixture.putExpiring(store.table(), i, 0, expiresAt);
    }
    EvacuationFixture.seal(store);
    return expiresAt;
  }

  private static void passMillis(StillStore store, long millis) {
    store.time().advance(millis * 1_000_000);
  }

  @Test
  void expiredSegments_areSweptUnread_andTheirFilesGo() throws IOException {
    SimDisk disk = new SimDisk(1);
    StillStore store = StillStore.open(disk);
    long expiresAt = fill(store);
    assertThat(sweep(store)).isEqualTo(new SweepResult(0, 0));
    passMillis(store, expiresAt - 1 - store.engine().wallMillis());
    assertThat(sweep(store).removed()).isZero();
    passMillis(store, 1);

    int segments = store.table().space().segments().size();
    disk.faultRate(DiskCall.READ, 1, Fault.EIO);
    disk.faultRate(DiskCall.GET, 1, Fault.EIO);
    List<Long> heard = new ArrayList<>();
    assertThat(new Evacuator(store.table()).sweepExpired(all(store.table()), heard::add))
        .isEqualTo(new SweepResult(segments, KEYS));
    assertThat(heard).isNotEmpty().isSorted().last().isEqualTo((long) KEYS);
    disk.heal();
    assertThat(store.table().size()).isZero();
    assertThat(store.table().space().liveCharge()).isZero();
    EvacuationFixture.settle(store);
    assertThat(store.table().space().segments()).isEmpty();
    store.engine().flush();
    try (StillStore again = StillStore.open(disk.copy().crash(CrashKind.POWER))) {
      assertThat(again.table().size()).isZero();
    }
  }

  @Test
  void aRecordThatNeverExpires_keepsItsSegment() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(2))) {
      StillStore.put(store.table(), 5_000, 0);
      EvacuationFixture.putExpiring(store.table(), 1, 0, store.engine().wallMillis() + 10);
      EvacuationFixture.seal(store);
      passMillis(store, LIFE_MILLIS);
      assertThat(sweep(store)).isEqualTo(new SweepResult(0, 0));
      assertThat(store.table().size()).isEqualTo(2);
    }
  }

  @Test
  void aPageThatIsBeingFilled_isLeftAlone() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(3))) {
      EvacuationFixture.putExpiring(store.table(), 1, 0, store.engine().wallMillis() + 10);
      passMillis(store, LIFE_MILLIS);
      assertThat(sweep(store).removed()).isZero();
      assertThat(store.table().size()).isEqualTo(1);
    }
  }

  @Test
  void aSegmentOfAnEarlierLife_isSweptUnread_ifTheManifestCoversIt() throws IOException {
    SimDisk disk = new SimDisk(4);
    int segments;
    try (StillStore store = StillStore.open(disk)) {
      assertThat(fill(store)).isPositive();
      segments = store.table().space().segments().size();
    }
    try (StillStore store = StillStore.open(disk)) {
      store.work(1_000);
      assertThat(store.table().space().segments())
          .hasSize(segments)
          .allMatch(segment -> segment.expiry().isKnown());
      assertThat(sweep(store).removed()).isZero();
      passMillis(store, 2 * LIFE_MILLIS);
      disk.faultRate(DiskCall.READ, 1, Fault.EIO);
      disk.faultRate(DiskCall.GET, 1, Fault.EIO);
      assertThat(sweep(store)).isEqualTo(new SweepResult(segments, KEYS));
      disk.heal();
    }
  }

  @Test
  void aSegmentIntoWhichTheLogPutARecord_isNotSwept() throws IOException {
    SimDisk disk = new SimDisk(7);
    SimDisk crashed;
    try (StillStore store = StillStore.open(disk)) {
      assertThat(fill(store)).isPositive();
      crashed = disk.copy().crash(CrashKind.PROCESS);
    }
    try (StillStore store = StillStore.open(crashed)) {
      store.work(1_000);
      passMillis(store, 2 * LIFE_MILLIS);
      assertThat(store.table().space().segments())
          .isNotEmpty()
          .allMatch(segment -> !segment.expiry().isKnown())
          .allMatch(segment -> segment.expiry().latestMillis() == SegmentExpiry.NEVER);
      assertThat(sweep(store)).isEqualTo(new SweepResult(0, 0));
    }
  }

  @Test
  void aWallClockThatJumpedAhead_sweepsNothingBeforeMonotonicTimeAgrees() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(5))) {
      long expiresAt = store.engine().wallMillis() + 3 * WallClock.TOLERANCE_MILLIS;
      EvacuationFixture.putExpiring(store.table(), 1, 0, expiresAt);
      EvacuationFixture.seal(store);
      store.time().jumpWall(4 * WallClock.TOLERANCE_MILLIS);
      assertThat(store.engine().wallMillis()).isGreaterThan(expiresAt);
      assertThat(sweep(store).removed()).isZero();
      assertThat(sweep(store).removed()).isZero();
      passMillis(store, 2 * WallClock.TOLERANCE_MILLIS);
      assertThat(sweep(store)).isEqualTo(new SweepResult(1, 1));
    }
  }

  @Test
  void wallTime_isNeverBeforeTheBaseOfASegment_afterAKill() throws IOException {
    SimDisk disk = new SimDisk(8);
    SimDisk killed;
    long jumped;
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      store.time().jumpWall(LIFE_MILLIS); // no mark in the log says so
      jumped = store.time().wallMillis();
      StillStore.put(table, 1, 0);
      assertThat(table.space().segments()).singleElement().returns(jumped, Segment::timeBaseMillis);
      killed = disk.copy().crash(CrashKind.PROCESS);
    }
    try (StillStore store = StillStore.open(killed)) {
      assertThat(store.time().wallMillis()).isLessThan(jumped);
      assertThat(store.engine().wallMillis()).isEqualTo(jumped);
    }
  }

  @Test
  void whatIsGone_isPassedOver_andAClosedStoreIsNotSwept() throws IOException {
    StillStore store = StillStore.open(new SimDisk(6));
    Evacuator evacuator = new Evacuator(store.table());
    assertThat(evacuator.sweepExpired(Set.of(77))).isEqualTo(new SweepResult(0, 0));
    store.close();
    assertThatThrownBy(() -> evacuator.sweepExpired(Set.of(0)))
        .isInstanceOf(StoreClosedException.class);
  }
}
