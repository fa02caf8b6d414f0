// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.benchmarks.Task.What;
import io.firn.benchmarks.subject.SubjectKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Runs every subject in every round, round by round, each phase in a JVM of its own, and prints the
 * comparison as Markdown. What it wrote is deleted before it ends.
 */
public final class Compare {
  private final Options options;
  private final Path directory;
  private final Results results = new Results();

  private Compare(Options options, Path directory) {
    this.options = options;
    this.directory = directory;
  }

  /**
   * Runs the comparison that the arguments describe; without arguments, puts and gets of all
   * subjects.
   *
   * @throws IllegalArgumentException if an option is unknown
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 1) {
      System.out.print(Options.USAGE);
      for (SubjectKind kind : SubjectKind.values()) {
        System.out.printf("    %-14s %s%n", kind.id(), kind.label());
      }
      return;
    }
    Options options = Options.parse(arguments);
    Path parent = options.directory().orElse(Path.of(System.getProperty("java.io.tmpdir")));
    Directories.create(parent);
    Path directory = Files.createTempDirectory(parent, "firn-compare-");
    Thread cleaner = new Thread(() -> cleanUp(directory));
    Runtime.getRuntime().addShutdownHook(cleaner);
    new Compare(options, directory).run(arguments);
  }

  /** A child that outlived an interrupted run would write on into the folder. */
  private static void cleanUp(Path directory) {
    ProcessHandle.current()
        .children()
        .forEach(
            child -> {
              child.destroyForcibly();
              child.onExit().join();
            });
    Directories.delete(directory);
  }

  private void run(String[] arguments) throws IOException, InterruptedException {
    for (int round = 1; round <= options.rounds(); round++) {
      for (SubjectKind kind : options.subjects()) {
        runSubject(round, kind);
      }
    }
    System.out.printf(
        "%n`io.firn.benchmarks.Compare %s`, JDK %s, %d processors%n",
        String.join(" ", arguments),
        System.getProperty("java.version"),
        Runtime.getRuntime().availableProcessors());
    System.out.print(results.toMarkdown());
  }

  private void runSubject(int round, SubjectKind kind) throws IOException, InterruptedException {
    boolean loaded = false;
    for (Measure measure : options.measures()) {
      if ((measure.firnOnly() && kind != SubjectKind.FIRN) || (measure.sync() && !kind.canSync())) {
        continue;
      }
      Task task = task(kind, measure, round);
      if (measure.readsWhatWasPut()) {
        if (!loaded) {
          Map<String, Double> put = fresh(task.with(What.PUT));
          results.add(Measure.PUT, kind, put);
          loaded = true;
        }
        record(round, measure, kind, ChildProcess.run(task));
      } else if (measure == Measure.SAFEPOINTS) {
        record(round, measure, kind, safepoints(task));
      } else if (measure == Measure.KILL) {
        fresh(task.with(What.PUT_AND_WAIT));
        record(round, measure, kind, ChildProcess.run(task));
        loaded = false;
      } else {
        record(round, measure, kind, fresh(task));
        loaded = measure == Measure.PUT || measure == Measure.PUT2;
      }
    }
    Directories.delete(directory.resolve("work"));
  }

  /** Loads while the JVM logs its safepoints, and adds what the log says. */
  private Map<String, Double> safepoints(Task task) throws IOException, InterruptedException {
    Directories.delete(task.directory());
    Directories.create(task.directory());
    Path log = directory.resolve("safepoints.log");
    Map<String, Double> figures = ChildProcess.run(task, SafepointLog.flags(log));
    figures.putAll(SafepointLog.read(log));
    return figures;
  }

  @CanIgnoreReturnValue
  private Map<String, Double> fresh(Task task) throws IOException, InterruptedException {
    Directories.delete(task.directory());
    Directories.create(task.directory());
    return ChildProcess.run(task);
  }

  private Task task(SubjectKind kind, Measure measure, int round) {
    What what =
        switch (measure) {
          case PUT, PUT2, SAFEPOINTS -> What.PUT;
          case MIX -> What.MIX;
          case SYNC -> What.SYNC;
          case LOAD -> What.LOAD;
          case GET -> What.GET;
          case COLD -> What.COLD;
          case OPEN, KILL -> What.OPEN;
          case MEMORY -> What.MEMORY;
          case UNIFORM -> What.UNIFORM;
          case ZIPF -> What.ZIPF;
          case HOT -> What.HOT;
          case EXPIRING -> What.EXPIRING;
          case SHRINK -> What.SHRINK;
          case DELETE -> What.DELETE;
          case EXPIRE -> What.EXPIRE;
          case COMPACT -> What.COMPACT;
          case LIMITS -> What.LIMITS;
          case CACHES -> What.CACHES;
        };
    return new Task(
        what,
        kind,
        directory.resolve("work"),
        options.entries(),
        options.warmUp(),
        measure.threads(),
        options.valueBytes(),
        options.seed() + round);
  }

  private void record(int round, Measure measure, SubjectKind kind, Map<String, Double> figures) {
    results.add(measure, kind, figures);
    System.out.println(
        "round " + round + ", " + measure.title() + ", " + kind.id() + ": " + figures);
  }
}
