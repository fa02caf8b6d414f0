// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.examples.kill.KillPlan;
import io.firn.examples.kill.KillVerdict;
import io.firn.examples.run.Facts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TourReportTest {
  private final TourReport report = new TourReport();

  private static Facts load() {
    return new Facts()
        .set("entries", 10)
        .set("estimatedSize", 10)
        .set("bytes", 1_000)
        .set("operations", 10)
        .set("openNanos", 1)
        .set("millis", 1)
        .set("hotHits", 0)
        .set("coldHits", 0)
        .set("misses", 0)
        .set("wrong", 0)
        .set("shed", 0);
  }

  private static Facts read() {
    return new Facts()
        .set("operations", 10)
        .set("openNanos", 1)
        .set("millis", 1)
        .set("hotHits", 0)
        .set("coldHits", 10)
        .set("misses", 0)
        .set("correct", 10)
        .set("missing", 0)
        .set("wrong", 0);
  }

  private static Facts kill() {
    Facts facts = new Facts().set("acknowledged", 500).set("inDoubt", 4).set("openNanos", 1);
    for (KillVerdict verdict : KillVerdict.values()) {
      facts.set(verdict.name(), 0);
    }
    return facts.set(KillVerdict.FOUND.name(), KillPlan.KEYS);
  }

  @Test
  void goodResultsPass() {
    report.loaded(load());
    report.read(Phase.RESTART, read());
    report.killed(1, kill());
    report.disk(TourReport.MAXIMUM_DISK_BYTES);
    assertThat(report.finish(1, 42)).contains("seed 42").contains("All checks passed.");
    assertThat(report.isPassed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"entries, 0", "shed, 1", "wrong, 1", "estimatedSize, 9"})
  void badLoadFails(String name, long value) {
    report.loaded(load().set(name, value));
    assertThat(report.isPassed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"correct, 9", "coldHits, 9"})
  void badReadFails(String name, long value) {
    report.read(Phase.READ_BACK, read().set(name, value));
    assertThat(report.isPassed()).isFalse();
  }

  @Test
  void hotHitAfterARestartFails() {
    report.read(Phase.RESTART, read().set("hotHits", 1).set("coldHits", 9));
    assertThat(report.isPassed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(value = KillVerdict.class)
  void onlyFoundAndGoneAreAllowed(KillVerdict verdict) {
    report.killed(
        1, kill().set(KillVerdict.FOUND.name(), KillPlan.KEYS - 1).set(verdict.name(), 1));
    boolean allJudged = verdict != KillVerdict.FOUND;
    assertThat(report.isPassed()).isEqualTo(verdict.isAllowed() && allJudged);
  }

  @Test
  void killThatCameBeforeAnyWriteProvesNothing() {
    report.killed(1, kill().set("acknowledged", 0));
    assertThat(report.isPassed()).isFalse();
  }

  @Test
  void tooMuchDiskFails() {
    report.disk(TourReport.MAXIMUM_DISK_BYTES + 1);
    report.disk(1);
    assertThat(report.finish(1, 1)).contains("FAILED").contains("A check failed.");
  }
}
