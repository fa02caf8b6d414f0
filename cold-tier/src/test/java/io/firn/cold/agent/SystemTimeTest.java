// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SystemTimeTest {
  @Test
  void wallTimeIsTheMachines() {
    long before = Instant.now().toEpochMilli();
    long seen = SystemTime.INSTANCE.wallMillis();
    assertThat(seen).isBetween(before - 1, Instant.now().toEpochMilli() + 1);
  }

  @Test
  void monotonicTimeNeverGoesBack() {
    long last = SystemTime.INSTANCE.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      long next = SystemTime.INSTANCE.nanoTime();
      assertThat(next - last).isNotNegative();
      last = next;
    }
  }
}
