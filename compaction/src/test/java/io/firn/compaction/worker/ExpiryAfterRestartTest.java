// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.compaction.JobKind;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What expires after a restart gives its space back by itself, as it does without one. */
final class ExpiryAfterRestartTest {
  private static final long LIMIT = 64L << 20;
  private static final int KEYS = 2_000;
  private static final long LIFE_MILLIS = 600_000;

  private static void fill(SteppedStore store, int lastingOfTen) {
    long expiresAt = store.time().wallMillis() + LIFE_MILLIS;
    for (int i = 0; i < KEYS; i++) {
      store.put(i, 0, i % 10 < lastingOfTen ? expiresAt + 10 * LIFE_MILLIS : expiresAt);
    }
    store.seal();
  }

  private static void pass(SteppedStore store, long millis) {
    store.time().advance(millis * 1_000_000);
    rest(store);
  }

  /**
   * Lets the workers act until no job is left; one that is paced waits for its bytes now and then.
   */
  private static void rest(SteppedStore store) {
    store.settle();
    for (int i = 0; !store.isAtRest(); i++) {
      assertThat(i).isLessThan(1_000);
      int unused = store.step();
    }
    store.settle();
  }

  private static long jobs(SteppedStore store, JobKind kind) {
    return store.compaction().history().stream().filter(job -> job.kind() == kind).count();
  }

  private static long dataBytes(SteppedStore store) {
    return store.space().dataBytes(store.table());
  }

  @Test
  void afterAKill_whatExpiresAsAWhole_isGone() throws IOException {
    SimDisk disk = new SimDisk(1);
    SimDisk killed;
    ManualTime time = new ManualTime();
    try (SteppedStore store = SteppedStore.open(disk, LIMIT, time)) {
      fill(store, 0);
      killed = disk.copy().crash(CrashKind.PROCESS);
    }
    try (SteppedStore store = SteppedStore.open(killed, LIMIT, time)) {
      rest(store);
      assertThat(dataBytes(store)).isPositive();
      long surveys = jobs(store, JobKind.SURVEY);
      assertThat(surveys).isPositive();
      pass(store, 1_000);
      assertThat(jobs(store, JobKind.SURVEY)).as("once is enough").isEqualTo(surveys);
      assertThat(jobs(store, JobKind.EXPIRY)).isZero();
      pass(store, LIFE_MILLIS);
      assertThat(store.table().size()).isZero();
      assertThat(dataBytes(store)).isZero();
      assertThat(jobs(store, JobKind.EXPIRY)).isPositive();
    }
  }

  @Test
  void afterAClose_whatExpiresOfAFile_isGone() throws IOException {
    SimDisk disk = new SimDisk(2);
    ManualTime time = new ManualTime();
    try (SteppedStore store = SteppedStore.open(disk, LIMIT, time)) {
      fill(store, 5);
    }
    try (SteppedStore store = SteppedStore.open(disk, LIMIT, time)) {
      rest(store);
      long before = dataBytes(store);
      pass(store, 2 * LIFE_MILLIS);
      assertThat(store.table().size()).isEqualTo(KEYS / 2);
      assertThat(dataBytes(store)).isLessThan(before * 7 / 10);
    }
  }
}
