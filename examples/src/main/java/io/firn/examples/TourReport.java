// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import io.firn.examples.kill.KillPlan;
import io.firn.examples.kill.KillVerdict;
import io.firn.examples.run.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects the results of the phases, checks them, and writes the tables. Not thread-safe. */
final class TourReport {
  static final long MAXIMUM_DISK_BYTES = 500_000_000;
  private static final long EXPECTED_MILLIS = 60_000;

  private final ReportTable phases =
      new ReportTable(
          "phase",
          "time",
          "open",
          "operations",
          "hot hits",
          "cold hits",
          "misses",
          "correct",
          "missing",
          "wrong");
  private final ReportTable kills =
      new ReportTable(
          "kill",
          "open",
          "acknowledged",
          "in doubt",
          "found",
          "gone",
          "lost",
          "older",
          "resurrected",
          "wrong");
  private final List<String> failures = new ArrayList<>();
  private long entries;
  private long bytes;
  private long largestDiskBytes;

  void loaded(Facts facts) {
    entries = facts.number("entries");
    bytes = facts.number("bytes");
    phases.row(
        Phase.LOAD.title(),
        Text.seconds(facts.number("millis")),
        Text.milliseconds(facts.number("openNanos")),
        Text.count(facts.number("operations")),
        Text.count(facts.number("hotHits")),
        Text.count(facts.number("coldHits")),
        Text.count(facts.number("misses")),
        "",
        "",
        Text.count(facts.number("wrong")));
    check(entries > 0, "load: nothing was stored");
    check(facts.number("wrong") == 0, "load: %d values were wrong", facts.number("wrong"));
    check(facts.number("shed") == 0, "load: " + facts.number("shed") + " values were shed");
    check(
        facts.number("estimatedSize") == entries,
        "load: the cache counts %d entries, not %d",
        facts.number("estimatedSize"),
        entries);
  }

  void read(Phase phase, Facts facts) {
    long operations = facts.number("operations");
    phases.row(
        phase.title(),
        Text.seconds(facts.number("millis")),
        Text.milliseconds(facts.number("openNanos")),
        Text.count(operations),
        Text.count(facts.number("hotHits")),
        Text.count(facts.number("coldHits")),
        Text.count(facts.number("misses")),
        Text.count(facts.number("correct")),
        Text.count(facts.number("missing")),
        Text.count(facts.number("wrong")));
    check(
        facts.number("correct") == operations,
        "%s: %d of %d values were correct",
        phase.title(),
        facts.number("correct"),
        operations);
    check(
        facts.number("hotHits") + facts.number("coldHits") == operations,
        "%s: %d hot and %d cold hits in %d reads",
        phase.title(),
        facts.number("hotHits"),
        facts.number("coldHits"),
        operations);
    check(
        phase == Phase.READ_BACK || facts.number("hotHits") == 0,
        "%s: %d hits were hot",
        phase.title(),
        facts.number("hotHits"));
  }

  void killed(int round, Facts facts) {
    List<String> row = new ArrayList<>();
    row.add(Integer.toString(round));
    row.add(Text.milliseconds(facts.number("openNanos")));
    row.add(Text.count(facts.number("acknowledged")));
    row.add(Text.count(facts.number("inDoubt")));
    long judged = 0;
    for (KillVerdict verdict : KillVerdict.values()) {
      long count = facts.number(verdict.name());
      judged += count;
      row.add(Text.count(count));
      check(
          verdict.isAllowed() || count == 0,
          "kill %d: %d keys %s",
          round,
          count,
          verdict.name().toLowerCase(Locale.ROOT));
    }
    kills.row(row.toArray(String[]::new));
    check(facts.number("acknowledged") > 0, "kill %d: nothing had been acknowledged", round);
    check(judged == KillPlan.KEYS, "kill %d: %d of %d keys judged", round, judged, KillPlan.KEYS);
  }

  void disk(long diskBytes) {
    largestDiskBytes = Math.max(largestDiskBytes, diskBytes);
  }

  void failed(String what) {
    failures.add(what);
  }

  boolean isPassed() {
    return failures.isEmpty();
  }

  /** Returns the tables and the verdict, and checks the disk space. */
  String finish(long millis, long seed) {
    check(
        largestDiskBytes <= MAXIMUM_DISK_BYTES,
        "the work directory grew to %s",
        Text.megabytes(largestDiskBytes));
    StringBuilder text = new StringBuilder();
    if (entries > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s entries, %s; the heap holds at most %s of them%n%n",
              Text.count(entries),
              Text.megabytes(bytes),
              Text.megabytes(bytes / 10)));
      text.append(phases.render()).append('\n').append(kills.render()).append('\n');
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%s in all, at most %s of disk, seed %d%n",
            Text.seconds(millis),
            Text.megabytes(largestDiskBytes),
            seed));
    if (millis > EXPECTED_MILLIS) {
      text.append("This took longer than the minute that the tour is meant to take.\n");
    }
    for (String failure : failures) {
      text.append("FAILED  ").append(failure).append('\n');
    }
    return text.append(isPassed() ? "All checks passed." : "A check failed.").toString();
  }

  private void check(boolean holds, String format, Object... values) {
    if (!holds) {
      failed(String.format(Locale.ROOT, format, values));
    }
  }
}
