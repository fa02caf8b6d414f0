// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import io.firn.examples.run.Stopwatch;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far a phase is: on a terminal one line that is redrawn ten times a second, elsewhere a
 * line per quarter. Not thread-safe.
 */
final class ProgressBar {
  private static final int WIDTH = 40;
  private static final int REDRAW_MILLIS = 100;
  private static final int QUARTERS = 4;

  private final PrintStream out;
  private final boolean isTerminal;
  private final String title;
  private final long total;
  private final Stopwatch running = Stopwatch.started();
  private long nextRedrawMillis;
  private long nextQuarter = 1;

  /**
   * Creates a bar that draws nothing yet.
   *
   * @param total what {@link #show} is told when everything is done, at least 1
   */
  ProgressBar(PrintStream out, boolean isTerminal, String title, long total) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.title = title;
    this.total = total;
  }

  /** Tells that {@code done} of the total is done. */
  void show(long done) {
    if (isTerminal) {
      boolean isDue = running.millis() >= nextRedrawMillis || done == total;
      if (isDue) {
        nextRedrawMillis = running.millis() + REDRAW_MILLIS;
        out.print(line(done) + ((done == total) ? "\n" : ""));
        out.flush();
      }
    } else if (done * QUARTERS >= total * nextQuarter) {
      nextQuarter = done * QUARTERS / total + 1;
      out.println(line(done));
    }
  }

  private String line(long done) {
    String numbers =
        String.format(
            Locale.ROOT,
            "%3d %%  %,d of %,d  %s",
            100 * done / total,
            done,
            total,
            Text.seconds(running.millis()));
    String label = String.format(Locale.ROOT, "  %-12s", title);
    if (!isTerminal) {
      return label + numbers;
    }
    int filled = (int) (WIDTH * done / total);
    return "\r" + label + "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + numbers;
  }
}
