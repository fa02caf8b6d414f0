// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SteadyTimeTest {
  private final ManualTime source = new ManualTime();
  private final SteadyTime steady = new SteadyTime(source);
  private final long start = source.wallMillis();

  @Test
  void followsTheSourceForward() {
    source.jumpWall(Duration.ofMillis(1500));
    assertThat(steady.wallMillis()).isEqualTo(start + 1500);
    assertThat(steady.nanoTime()).isEqualTo(source.nanoTime());
  }

  @Test
  void goesOnByTheMonotonicClockWhileTheSourceIsBehind() {
    source.jumpWall(Duration.ofSeconds(-100));
    assertThat(steady.wallMillis()).isEqualTo(start);
    for (int i = 0; i < 1000; i++) {
      source.advance(Duration.ofNanos(700_000));
      assertThat(steady.wallMillis()).isEqualTo(start + (i + 1) * 7 / 10);
    }
  }

  @Test
  void followsTheSourceAgainOnceItHasCaughtUp() {
    source.jumpWall(Duration.ofSeconds(-100));
    source.advance(Duration.ofSeconds(10));
    assertThat(steady.wallMillis()).isEqualTo(start + 10_000);
    source.jumpWall(Duration.ofSeconds(95));
    assertThat(steady.wallMillis()).isEqualTo(start + 10_000);
    source.jumpWall(Duration.ofSeconds(10));
    assertThat(steady.wallMillis()).isEqualTo(start + 15_000);
  }
}
