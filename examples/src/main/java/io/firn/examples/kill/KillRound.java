// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import io.firn.examples.run.ChildJvm;
import io.firn.examples.run.Stopwatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts a writing child and kills it. */
public final class KillRound {
  private static final Duration POLL = Duration.ofMillis(1);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private KillRound() {}

  /**
   * Kills a writer as soon as its journals hold {@code operations} entries.
   *
   * @throws IOException if the writer ended by itself, or wrote too little in 30 seconds
   */
  public static void killAfterOperations(KillPlan plan, int round, int operations)
      throws IOException, InterruptedException {
    Files.createDirectories(plan.control());
    Stopwatch running = Stopwatch.started();
    try (ChildJvm child = start(plan, round)) {
      while (announced(plan, round) < operations) {
        if (child.hasEndedWithin(POLL)) {
          throw endedByItself(child);
        }
        if (running.millis() > LIMIT.toMillis()) {
          throw new IOException(
              "only " + announced(plan, round) + " operations in " + LIMIT.toSeconds() + " s");
        }
      }
      kill(child);
    }
  }

  /**
   * Kills a writer when it has run for {@code delay}: perhaps while its JVM starts, or while it
   * recovers the store.
   *
   * @throws IOException if the writer ended by itself
   */
  public static void killAfterDelay(KillPlan plan, int round, Duration delay)
      throws IOException, InterruptedException {
    Files.createDirectories(plan.control());
    try (ChildJvm child = start(plan, round)) {
      if (child.hasEndedWithin(delay)) {
        throw endedByItself(child);
      }
      kill(child);
    }
  }

  private static ChildJvm start(KillPlan plan, int round) throws IOException {
    List<String> arguments = new ArrayList<>(plan.toArguments());
    arguments.add(Integer.toString(round));
    return ChildJvm.start(KillWriter.class, arguments);
  }

  private static void kill(ChildJvm child) throws IOException, InterruptedException {
    child.kill();
    if (child.exitCode() == 0) {
      throw endedByItself(child);
    }
  }

  private static IOException endedByItself(ChildJvm child) throws InterruptedException {
    return new IOException("the writer ended by itself with exit code " + child.exitCode());
  }

  private static long announced(KillPlan plan, int round) throws IOException {
    long bytes = 0;
    for (int thread = 0; thread < KillPlan.THREADS; thread++) {
      Path journal = plan.journal(round, thread);
      bytes += Files.exists(journal) ? Files.size(journal) : 0;
    }
    return bytes / KillJournal.ENTRY_BYTES;
  }
}
