// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The stream that a version goes to, by the age of the version that it replaces. */
final class LifespansTest {
  private static final long LIVE_PAGES = 400;
  private static final int TIMED = 3;

  private final Lifespans lifespans = new Lifespans();

  private int classAfter(int writtenTo, int agePages) {
    return lifespans.classAfter(writtenTo, lifespans.now() - agePages, LIVE_PAGES);
  }

  @Test
  void theAgeOfThePage_countedInTurnovers_decides() {
    lifespans.filled(1_000);
    for (int writtenTo : new int[] {Lifespans.LASTING, Lifespans.SHORT, Lifespans.MIDDLE, TIMED}) {
      assertThat(classAfter(writtenTo, 0)).isEqualTo(Lifespans.SHORT);
      assertThat(classAfter(writtenTo, 99)).isEqualTo(Lifespans.SHORT);
      assertThat(classAfter(writtenTo, 100)).isEqualTo(Lifespans.MIDDLE);
      assertThat(classAfter(writtenTo, 399)).isEqualTo(Lifespans.MIDDLE);
      assertThat(classAfter(writtenTo, 400)).isEqualTo(Lifespans.LASTING);
    }
  }

  @Test
  void whatWasMoved_hasLastedForATimeBefore() {
    lifespans.filled(1_000);
    assertThat(classAfter(Stream.SURVIVORS, 0)).isEqualTo(Lifespans.MIDDLE);
    assertThat(classAfter(Stream.SURVIVORS, 400)).isEqualTo(Lifespans.LASTING);
    assertThat(classAfter(Stream.OLD_SURVIVORS, 0)).isEqualTo(Lifespans.LASTING);
  }

  @Test
  void whatWasMovedBefore_orIsOlderThanATurnover_lasts() {
    lifespans.filled(1_000);
    int now = lifespans.now();
    assertThat(lifespans.lasts(Lifespans.SHORT, now - 399, LIVE_PAGES)).isFalse();
    assertThat(lifespans.lasts(Lifespans.SHORT, now - 400, LIVE_PAGES)).isTrue();
    assertThat(lifespans.lasts(TIMED, Lifespans.UNKNOWN, LIVE_PAGES)).isFalse();
    assertThat(lifespans.lasts(Stream.SURVIVORS, now, LIVE_PAGES)).isTrue();
    assertThat(lifespans.lasts(Stream.OLD_SURVIVORS, Lifespans.UNKNOWN, LIVE_PAGES)).isTrue();
  }

  @Test
  void ofEarlierLives_theClassIsKept() {
    lifespans.filled(1_000);
    for (int lifespan : new int[] {Lifespans.LASTING, Lifespans.SHORT, Lifespans.MIDDLE}) {
      assertThat(lifespans.classAfter(lifespan, Lifespans.UNKNOWN, LIVE_PAGES)).isEqualTo(lifespan);
    }
    for (int other : new int[] {TIMED, Stream.SURVIVORS, Stream.OLD_SURVIVORS}) {
      assertThat(lifespans.classAfter(other, Lifespans.UNKNOWN, LIVE_PAGES))
          .isEqualTo(Lifespans.LASTING);
    }
  }

  @Test
  void theClock_mayPassItsEnd() {
    int birth = lifespans.now();
    lifespans.filled(Integer.MAX_VALUE);
    lifespans.filled(Integer.MAX_VALUE);
    assertThat(lifespans.classAfter(Lifespans.SHORT, birth, LIVE_PAGES))
        .isEqualTo(Lifespans.LASTING);
    int beforeTheEnd = lifespans.now();
    lifespans.filled(50);
    assertThat(lifespans.classAfter(Lifespans.LASTING, beforeTheEnd, LIVE_PAGES))
        .isEqualTo(Lifespans.SHORT);
  }

  @Test
  void anEmptyTable_hasNoTurnover() {
    assertThat(lifespans.classAfter(Lifespans.LASTING, lifespans.now(), 0))
        .isEqualTo(Lifespans.LASTING);
  }
}
