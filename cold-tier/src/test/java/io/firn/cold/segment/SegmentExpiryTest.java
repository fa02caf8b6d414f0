// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.agent.SystemThreads;
import io.firn.cold.format.SegmentEntry;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The bound of the expiry of a segment's records, and the estimate of what has expired. */
final class SegmentExpiryTest {
  private static final long BASE = 1_000_000;
  private static final long CAPACITY = 100_000;

  private final AtomicLong live = new AtomicLong();
  private final SegmentExpiry expiry =
      new SegmentExpiry(CAPACITY, BASE, live::get, new SystemThreads("test"));

  private void put(long expiresAt, int bytes) {
    live.addAndGet(bytes);
    expiry.note(expiresAt, bytes);
  }

  @Test
  void theBoundOnlyRises() {
    assertThat(expiry.latestMillis()).isEqualTo(SegmentExpiry.NOTHING);
    put(BASE + 5_000, 100);
    put(BASE + 2_000, 100);
    assertThat(expiry.latestMillis()).isEqualTo(BASE + 5_000);
    put(SegmentExpiry.NEVER, 100);
    put(BASE + 9_000, 100);
    assertThat(expiry.latestMillis()).isEqualTo(SegmentExpiry.NEVER);
    assertThat(expiry.isKnown()).isTrue();
  }

  @Test
  void whatExpiresBeforeTheBase_isStoredAsExpiringAtIt() {
    put(BASE - 1, 100);
    assertThat(expiry.latestMillis()).isEqualTo(BASE);
  }

  @Test
  void recordsOfAnEarlierLife_leaveNothingCertain() {
    expiry.unknown();
    put(BASE + 5, 100);
    assertThat(expiry.isKnown()).isFalse();
    assertThat(expiry.latestMillis()).isEqualTo(SegmentExpiry.NEVER);
  }

  @Test
  void aBoundThatWasWrittenDown_countsWithWhatComesAfter() {
    expiry.restore(BASE + 5_000);
    assertThat(expiry.isKnown()).isTrue();
    put(BASE + 2_000, 100);
    assertThat(expiry.latestMillis()).isEqualTo(BASE + 5_000);
    put(BASE + 7_000, 100);
    assertThat(expiry.latestMillis()).isEqualTo(BASE + 7_000);
    expiry.unknown();
    assertThat(expiry.latestMillis()).isEqualTo(SegmentExpiry.NEVER);
    expiry.restore(SegmentExpiry.NEVER);
    assertThat(expiry.isKnown()).isFalse();
  }

  @Test
  void whatIsUnknown_isWorthASurvey_alsoAfterARestart_untilItIsRead() {
    assertThat(expiry.isWorthSurvey()).isFalse();
    expiry.unknown();
    assertThat(expiry.isWorthSurvey()).isTrue();
    assertThat(expiry.savedMillis()).isEqualTo(SegmentEntry.EXPIRY_UNKNOWN);
    expiry.restore(expiry.savedMillis());
    assertThat(expiry.isWorthSurvey()).isTrue();
    assertThat(expiry.isKnown()).isFalse();
    assertThat(expiry.latestMillis()).isEqualTo(SegmentExpiry.NEVER);

    SegmentExpiry.Survey survey = expiry.new Survey();
    survey.record(BASE + 1_000, 300);
    survey.record(BASE + 9_000, 0);
    assertThat(expiry.isKnown()).isFalse();
    survey.complete();
    assertThat(expiry.isWorthSurvey()).isFalse();
    assertThat(expiry.isKnown()).isTrue();
    assertThat(expiry.latestMillis()).isEqualTo(BASE + 9_000);
    assertThat(expiry.savedMillis()).isEqualTo(BASE + 9_000);
    live.set(300);
    assertThat(expiry.expiredBytes(BASE + 3_000)).isEqualTo(300);
  }

  @Test
  void aSurvey_takesNothingBackThatWasPutMeanwhile() {
    expiry.unknown();
    SegmentExpiry.Survey survey = expiry.new Survey();
    survey.record(BASE + 1_000, 300);
    put(SegmentExpiry.NEVER, 100);
    survey.complete();
    assertThat(expiry.latestMillis()).isEqualTo(SegmentExpiry.NEVER);
    assertThat(expiry.isKnown()).isTrue();
  }

  @Test
  void ofARestoredBound_aSurveyIsWorthIt_unlessSomethingNeverExpires() {
    expiry.restore(BASE + 5_000);
    assertThat(expiry.isWorthSurvey()).isTrue();
    expiry.restore(SegmentExpiry.NEVER);
    assertThat(expiry.isWorthSurvey()).isFalse();
    expiry.restore(SegmentExpiry.NOTHING);
    assertThat(expiry.isWorthSurvey()).isFalse();
  }

  @Test
  void whatCannotBeRead_staysUnknown_andIsTriedAgainAfterARestartOnly() {
    expiry.unknown();
    expiry.new Survey().fail();
    assertThat(expiry.isWorthSurvey()).isFalse();
    assertThat(expiry.latestMillis()).isEqualTo(SegmentExpiry.NEVER);
    assertThat(expiry.savedMillis()).isEqualTo(SegmentEntry.EXPIRY_UNKNOWN);
  }

  @Test
  void expiredBytesAreEstimatedByTheTimeOfTheirBucket() {
    assertThat(expiry.expiredBytes(BASE)).isZero();
    put(SegmentExpiry.NEVER, 1_000);
    assertThat(expiry.expiredBytes(Long.MAX_VALUE - 1)).isZero();
    put(BASE + 3_000, 1_000);
    put(BASE + 1_000_000, 2_000);
    assertThat(expiry.expiredBytes(BASE)).isZero();
    assertThat(expiry.expiredBytes(BASE + 3_000)).isEqualTo(500);
    assertThat(expiry.expiredBytes(BASE + 4_000)).isEqualTo(1_000);
    assertThat(expiry.expiredBytes(BASE + 512_000)).isEqualTo(1_000);
    assertThat(expiry.expiredBytes(BASE + 1_024_000)).isEqualTo(3_000);
    live.set(2_000);
    assertThat(expiry.expiredBytes(BASE + 1_024_000)).isEqualTo(1_500);
  }

  @Test
  void allIsExpiredOnceTheBoundHasPassed() {
    put(BASE + 3_000, 700);
    assertThat(expiry.expiredBytes(BASE + 3_000)).isEqualTo(700);
    live.set(-1);
    assertThat(expiry.expiredBytes(BASE + 3_000)).isZero();
  }

  @Test
  void whereSpaceWasUsedAgain_onlyWhatCannotBeAnythingElseCountsAsExpired() {
    for (int i = 0; i < 200; i++) {
      put(BASE + 3_000, 1_000);
    }
    put(SegmentExpiry.NEVER, 60_000);
    live.set(60_000);
    assertThat(expiry.expiredBytes(BASE + 10_000)).isZero();
    live.set(90_000);
    assertThat(expiry.expiredBytes(BASE + 10_000)).isEqualTo(30_000);
  }

  @Test
  void theFarthestExpiryHasABucket() {
    put(Long.MAX_VALUE - 1, 100);
    put(SegmentExpiry.NEVER, 100);
    assertThat(expiry.expiredBytes(BASE + (1L << 30) * 1_000)).isEqualTo(100);
  }
}
