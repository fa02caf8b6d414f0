// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The allowance of bytes. */
final class ByteBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void budget_fillsAtItsPaceUpToTheBurst() {
    ByteBudget empty = ByteBudget.full(100, 1_000, 0).spent(1_000);
    assertThat(empty.allows(1)).isFalse();
    assertThat(empty.nanosUntil(100)).isEqualTo(SECOND);
    assertThat(empty.at(SECOND).allows(100)).isTrue();
    assertThat(empty.at(SECOND).nanosUntil(100)).isZero();
    assertThat(empty.at(100 * SECOND).available()).isEqualTo(1_000);
    assertThat(empty.at(-SECOND)).isEqualTo(empty);
  }

  @Test
  void work_aboveTheBurstBeginsWithAFullBudgetAndIsPaidOff() {
    ByteBudget owing = ByteBudget.full(100, 1_000, 0).spent(5_000);
    assertThat(owing.nanosUntil(1)).isEqualTo(4_001 * SECOND / 100);
    assertThat(owing.nanosUntil(9_000)).isEqualTo(50 * SECOND);
    assertThat(owing.at(50 * SECOND).allows(9_000)).isTrue();
  }

  @Test
  void pace_changesFromNowOn() {
    ByteBudget stopped = ByteBudget.full(0, 10, 0).spent(10);
    assertThat(stopped.nanosUntil(1)).isEqualTo(Long.MAX_VALUE);
    ByteBudget going = stopped.paced(5, 10, SECOND);
    assertThat(going.available()).isZero();
    assertThat(going.at(2 * SECOND).available()).isEqualTo(5);
    assertThat(ByteBudget.full(7, 10, 0).paced(7, 4, SECOND).available()).isEqualTo(4);
    assertThat(ByteBudget.full(7, 10, 0).spent(30).paced(7, 4, 0).available()).isEqualTo(-20);
    assertThat(ByteBudget.empty(7, 10, 0).allows(1)).isFalse();
  }

  @Test
  void budget_refusesWhatCannotBe() {
    assertThatThrownBy(() -> ByteBudget.full(-1, 1, 0)).hasMessageContaining("pace -1");
    assertThatThrownBy(() -> ByteBudget.full(1, 0, 0)).hasMessageContaining("burst 0");
    assertThatThrownBy(() -> ByteBudget.full(1, 1, 0).spent(-1)).hasMessageContaining("spent -1");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void spending_neverExceedsThePaceByMoreThanTheBurst(long seed) {
    Random random = new Random(seed);
    long burst = 1L + random.nextInt(100_000);
    long pace = 1L + random.nextInt(1_000_000);
    long now = random.nextLong() >>> 8;
    ByteBudget budget = ByteBudget.full(pace, burst, now);
    double earned = burst;
    double spent = 0;
    for (int i = 0; i < 5_000; i++) {
      long bytes = 1L + random.nextInt((int) burst);
      long wait = budget.nanosUntil(bytes);
      long passed = random.nextInt(4) == 0 ? random.nextInt(1_000_000) : wait;
      now += passed;
      earned += passed / 1e9 * pace;
      budget = budget.at(now);
      if (passed >= wait) {
        assertThat(budget.available()).isGreaterThan(bytes - 1.0);
      }
      if (budget.allows(bytes)) {
        budget = budget.spent(bytes);
        spent += bytes;
      }
      assertThat(spent).isLessThanOrEqualTo(earned + 1);
    }
    assertThat(spent).isGreaterThan((double) burst);
  }
}
