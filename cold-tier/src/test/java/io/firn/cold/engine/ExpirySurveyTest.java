// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.SegmentEntry;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SegmentExpiry;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a restart forgets of the expiry of records is read again. */
final class ExpirySurveyTest {
  private static final int KEYS = 1_000;
  private static final long LIFE_MILLIS = 60_000;

  private static List<Segment> segments(StillStore store) {
    return store.table().space().segments();
  }

  /** Puts records of which every n-th lives ten times as long as the others. */
  private static void fill(StillStore store, int nth) {
    long now = store.engine().wallMillis();
    for (int i = 0; i < KEYS; i++) {
      long life = i % nth == 0 ? 10 * LIFE_MILLIS : LIFE_MILLIS;
      EvacuationFixture.putExpiring(store.table(), i, 0, now + life);
    }
    EvacuationFixture.seal(store);
  }

  private static SimDisk killed(int nth) throws IOException {
    SimDisk disk = new SimDisk(1);
    try (StillStore store = StillStore.open(disk)) {
      fill(store, nth);
      return disk.copy().crash(CrashKind.PROCESS);
    }
  }

  private static void survey(StillStore store, int pages) {
    Evacuator evacuator = new Evacuator(store.table());
    for (int number : new StoreSpace(store.engine()).unsurveyed(store.table())) {
      try (ExpirySurvey survey = Objects.requireNonNull(evacuator.survey(number))) {
        while (!survey.isDone()) {
          assertThat(survey.read(pages)).isPositive();
        }
      }
    }
  }

  private static Set<Integer> numbers(List<Segment> segments) {
    return segments.stream().map(Segment::number).collect(Collectors.toSet());
  }

  @Test
  void afterAKill_theBoundIsFound_andTheSweepNeedsNoReadAnyMore() throws IOException {
    try (StillStore store = StillStore.open(killed(KEYS))) {
      EvacuationFixture.settle(store);
      long size = store.table().size();
      assertThat(segments(store)).isNotEmpty().noneMatch(segment -> segment.expiry().isKnown());
      survey(store, 3);
      assertThat(segments(store)).allMatch(segment -> segment.expiry().isKnown());
      assertThat(new StoreSpace(store.engine()).unsurveyed(store.table())).isEmpty();
      assertThat(store.table().size()).isEqualTo(size);

      store.time().advance((LIFE_MILLIS + 1) * 1_000_000);
      long swept = new Evacuator(store.table()).sweepExpired(numbers(segments(store))).removed();
      assertThat(swept).isPositive();
      assertThat(StillStore.get(store.table(), 0)).as("it lives on").isNotNull();
      store.time().advance(10 * LIFE_MILLIS * 1_000_000);
      long rest = new Evacuator(store.table()).sweepExpired(numbers(segments(store))).removed();
      assertThat(swept + rest).isEqualTo(size);
    }
  }

  @Test
  void afterAClose_itIsFoundHowMuchHasExpired() throws IOException {
    SimDisk disk = new SimDisk(2);
    try (StillStore store = StillStore.open(disk)) {
      fill(store, 2);
    }
    try (StillStore store = StillStore.open(disk)) {
      survey(store, 1_000); // there is nothing to be known while the index is being loaded
      EvacuationFixture.settle(store);
      assertThat(segments(store))
          .isNotEmpty()
          .allMatch(s -> s.expiry().isKnown() && s.expiry().isWorthSurvey());
      store.time().advance(2 * LIFE_MILLIS * 1_000_000);
      long now = store.engine().wallMillis();
      long before = segments(store).stream().mapToLong(s -> s.expiry().expiredBytes(now)).sum();
      survey(store, 1_000);
      long after = segments(store).stream().mapToLong(s -> s.expiry().expiredBytes(now)).sum();
      long live = store.table().space().liveCharge();
      assertThat(before).isLessThan(live / 10);
      assertThat(after).isBetween(live * 4 / 10, live * 6 / 10);
    }
  }

  @Test
  void whatIsUnknown_isUnknownAfterACloseToo_andFoundThen() throws IOException {
    SimDisk disk = killed(KEYS);
    try (StillStore store = StillStore.open(disk)) {
      EvacuationFixture.settle(store);
      assertThat(segments(store))
          .allMatch(s -> s.expiry().savedMillis() == SegmentEntry.EXPIRY_UNKNOWN);
    }
    try (StillStore store = StillStore.open(disk)) {
      EvacuationFixture.settle(store);
      assertThat(segments(store)).isNotEmpty().noneMatch(s -> s.expiry().isKnown());
      survey(store, 1_000);
      assertThat(segments(store)).allMatch(s -> s.expiry().isKnown());
    }
  }

  @Test
  void whatCannotBeRead_staysUnknown_andIsNotSwept() throws IOException {
    SimDisk disk = killed(KEYS);
    try (StillStore store = StillStore.open(disk)) {
      EvacuationFixture.settle(store);
      disk.faultRate(DiskCall.READ, 1, Fault.EIO);
      survey(store, 1_000);
      disk.heal();
      assertThat(segments(store))
          .allMatch(s -> s.expiry().latestMillis() == SegmentExpiry.NEVER)
          .noneMatch(s -> s.expiry().isWorthSurvey());
      store.time().advance(20 * LIFE_MILLIS * 1_000_000);
      assertThat(new Evacuator(store.table()).sweepExpired(numbers(segments(store))))
          .isEqualTo(new SweepResult(0, 0));
    }
  }

  @Test
  void whileOthersHoldAPage_nothingIsSaidOfTheSegment() throws IOException {
    try (StillStore store = StillStore.open(killed(KEYS))) {
      EvacuationFixture.settle(store);
      Evacuator evacuator = new Evacuator(store.table());
      int number = segments(store).get(0).number();
      try (HeldSegment other = evacuator.hold(number)) {
        assertThat(other.isEmpty()).isFalse();
        try (ExpirySurvey survey = Objects.requireNonNull(evacuator.survey(number))) {
          assertThat(survey.isDone()).isTrue();
        }
      }
      assertThat(segments(store).get(0).expiry().isKnown()).isFalse();
      assertThat(segments(store).get(0).expiry().isWorthSurvey()).isTrue();
    }
  }

  @Test
  void whatIsGone_isNotSurveyed_norAnythingOfAClosedStore() throws IOException {
    StillStore store = StillStore.open(killed(KEYS));
    EvacuationFixture.settle(store);
    Evacuator evacuator = new Evacuator(store.table());
    assertThat(evacuator.survey(77)).isNull();
    try (ExpirySurvey survey =
        Objects.requireNonNull(evacuator.survey(segments(store).get(0).number()))) {
      store.close();
      assertThatThrownBy(() -> survey.read(1)).isInstanceOf(StoreClosedException.class);
    }
  }
}
