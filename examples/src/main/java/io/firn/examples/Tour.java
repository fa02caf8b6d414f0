// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import io.firn.examples.kill.KillRound;
import io.firn.examples.run.ChildJvm;
import io.firn.examples.run.Facts;
import io.firn.examples.run.Stopwatch;
import io.firn.examples.run.WorkDirectory;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Shows what Firn does with real data, and checks it: loads a cache, reads it back, restarts it,
 * kills it three times in the middle of writing, and prints a table. {@link TourOptions#USAGE} says
 * what it can be told.
 */
public final class Tour {
  private static final int KILLS = 3;
  private static final int MINIMUM_KILL_OPERATIONS = 10_000;
  private static final int MAXIMUM_KILL_OPERATIONS = 80_000;
  private static final Duration PHASE_LIMIT = Duration.ofMinutes(2);
  private static final Duration CLEANING_LIMIT = Duration.ofSeconds(30);

  private static final int PASSED = 0;
  private static final int FAILED = 1;
  private static final int BAD_OPTIONS = 2;

  private final TourSite site;
  private final PrintStream out;
  private final TourReport report = new TourReport();

  private Tour(TourSite site, PrintStream out) {
    this.site = site;
    this.out = out;
  }

  /** Runs the tour and ends the JVM as {@link TourOptions#USAGE} says. */
  public static void main(String[] arguments) {
    Thread runner = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    Thread stopper = new Thread(() -> stop(runner, ended), "stop-tour");
    Runtime.getRuntime().addShutdownHook(stopper);
    int exitCode = FAILED;
    try {
      exitCode = run(arguments, System.out, System.err, isTerminal());
    } finally {
      ended.countDown();
    }
    System.exit(exitCode);
  }

  /** Lets the tour kill its child and delete its directory before Ctrl-C or SIGTERM end the JVM. */
  private static void stop(Thread runner, CountDownLatch ended) {
    runner.interrupt();
    try {
      boolean unused = ended.await(CLEANING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static int run(String[] arguments, PrintStream out, PrintStream err, boolean isTerminal) {
    TourOptions options;
    try {
      options = TourOptions.parse(arguments, () -> new Random().nextInt(1_000_000));
    } catch (TourOptions.UsageException e) {
      err.println(e.getMessage() + "; --help lists the options");
      return BAD_OPTIONS;
    }
    if (options.help()) {
      out.println(TourOptions.USAGE);
      return PASSED;
    }
    try {
      return run(options, out, isTerminal) ? PASSED : FAILED;
    } catch (InterruptedException | ClosedByInterruptException e) {
      err.println("The tour was interrupted.");
    } catch (IOException e) {
      err.println("The tour failed: " + Text.failure(e));
    }
    return FAILED;
  }

  private static boolean run(TourOptions options, PrintStream out, boolean isTerminal)
      throws IOException, InterruptedException {
    try (WorkDirectory work = WorkDirectory.createIn(options.work(), options.keep())) {
      long free = Files.getFileStore(work.path()).getUsableSpace();
      if (free < TourReport.MAXIMUM_DISK_BYTES) {
        throw new IOException(
            work.path() + " has only " + Text.megabytes(free) + " free; choose another by --work");
      }
      Path path = options.path();
      TourSite site =
          new TourSite(
              work.path(),
              options.source(),
              (path == null) ? "" : path.toString(),
              options.seed(),
              isTerminal);
      site.save();
      boolean isPassed = new Tour(site, out).run();
      if (options.keep()) {
        out.println("The store stays in " + site.store());
      }
      return isPassed;
    }
  }

  private boolean run() throws IOException, InterruptedException {
    Stopwatch running = Stopwatch.started();
    out.println("Firn tour, seed " + site.seed() + ", in " + site.directory());
    try {
      load();
      read(Phase.READ_BACK);
      read(Phase.RESTART);
      killAndCheck();
      read(Phase.AFTER_KILLS);
    } catch (PhaseFailedException e) {
      report.failed(e.getMessage());
    }
    out.println(report.finish(running.millis(), site.seed()));
    return report.isPassed();
  }

  private void load() throws IOException, InterruptedException, PhaseFailedException {
    Facts facts = phase(Phase.LOAD, 0);
    out.println("  " + facts.text("input"));
    if (facts.number("unreadable") > 0) {
      out.println("  " + facts.number("unreadable") + " files could not be read");
    }
    report.loaded(facts);
  }

  private void read(Phase phase) throws IOException, InterruptedException, PhaseFailedException {
    report.read(phase, phase(phase, 0));
  }

  private void killAndCheck() throws IOException, InterruptedException, PhaseFailedException {
    SplittableRandom random = new SplittableRandom(site.seed());
    for (int round = 1; round <= KILLS; round++) {
      int operations = random.nextInt(MINIMUM_KILL_OPERATIONS, MAXIMUM_KILL_OPERATIONS);
      out.println("  kill " + round + "       SIGKILL after " + Text.count(operations) + " writes");
      try {
        KillRound.killAfterOperations(site.killPlan(), round, operations);
      } catch (IOException e) {
        throw new PhaseFailedException("kill " + round + ": " + e.getMessage());
      }
      report.disk(WorkDirectory.bytesBelow(site.directory()));
      report.killed(round, phase(Phase.KILL_CHECK, round));
    }
  }

  /** Runs a phase in a JVM of its own and returns its results. */
  private Facts phase(Phase phase, int round)
      throws IOException, InterruptedException, PhaseFailedException {
    List<String> arguments =
        List.of(site.directory().toString(), phase.name(), Integer.toString(round));
    try (ChildJvm child = ChildJvm.start(PhaseMain.class, arguments)) {
      if (!child.hasEndedWithin(PHASE_LIMIT)) {
        throw new PhaseFailedException(
            phase.title() + ": no end after " + PHASE_LIMIT.toSeconds() + " s");
      }
      if (child.exitCode() != 0) {
        throw new PhaseFailedException(
            phase.title() + ": the JVM ended with exit code " + child.exitCode());
      }
    }
    report.disk(WorkDirectory.bytesBelow(site.directory()));
    return Facts.load(site.result(phase, round));
  }

  /** A phase gave no result. */
  private static final class PhaseFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    PhaseFailedException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /** From JDK 22 on there is a console without a terminal too, and a method that tells. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
