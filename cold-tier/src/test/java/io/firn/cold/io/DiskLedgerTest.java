// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.DiskFullException;
import org.junit.jupiter.api.Test;

/** The account of a store's bytes, at its limit and above it. */
final class DiskLedgerTest {
  private final DiskLedger ledger = new DiskLedger(100);

  @Test
  void whatIsReservedStaysBelowTheLimit() {
    ledger.reserve(60, 40, "one");
    assertThat(ledger.tryReserve(30, 11)).isFalse();
    assertThat(ledger.tryReserve(30, 10)).isTrue();
    assertThatThrownBy(() -> ledger.reserve(11, 0, "another"))
        .isInstanceOf(DiskFullException.class)
        .hasMessage("another needs 11 bytes; 90 of at most 100 are used");
    ledger.release(1);
    ledger.reserve(11, 0, "another");
    assertThat(ledger.usedBytes()).isEqualTo(100);
  }

  @Test
  void aStoreThatHoldsMoreThanItMay_takesALittle_andEverLess() {
    ledger.adopt(300);
    assertThat(ledger.tryReserve(1, 0)).isFalse();
    ledger.overdraw(20);
    assertThat(ledger.tryReserve(15, 6)).isFalse();
    assertThat(ledger.tryReserve(15, 5)).isTrue();
    ledger.release(115);
    assertThat(ledger.usedBytes()).isEqualTo(200);
    assertThat(ledger.tryReserve(21, 0)).isFalse();
    assertThat(ledger.tryReserve(20, 0)).isTrue();
    ledger.release(170);
    assertThat(ledger.tryReserve(51, 0)).as("the limit holds again").isFalse();
    assertThat(ledger.tryReserve(50, 0)).isTrue();
    assertThat(ledger.maximumBytes()).isEqualTo(100);
  }
}
