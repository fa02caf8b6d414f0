// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.Address;
import org.junit.jupiter.api.Test;

/** What eviction spares. */
final class SecondChanceTest {
  private static final long UNREAD = Address.of(1, 4096, 100);
  private static final long READ = UNREAD | 1;

  @Test
  void whatWasRead_isSparedUpToTheBudget_andStartsAnew() {
    SecondChance filter = new SecondChance(250);
    assertThat(filter.keepsVisits()).isFalse();
    assertThat(filter.keep(1, UNREAD, 100, 0, Long.MAX_VALUE)).isFalse();
    assertThat(filter.keep(2, READ, 100, 0, Long.MAX_VALUE)).isTrue();
    assertThat(filter.keep(3, READ, 200, 0, Long.MAX_VALUE)).isFalse();
    assertThat(filter.keep(4, READ, 150, 0, Long.MAX_VALUE)).isTrue();
    assertThat(filter.keep(5, READ, 1, 0, Long.MAX_VALUE)).isFalse();
  }
}
