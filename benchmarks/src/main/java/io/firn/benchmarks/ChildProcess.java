// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs tasks in JVMs of their own. */
final class ChildProcess {
  private static final List<String> COMMON_FLAGS =
      List.of("-Xms" + heap(), "-Xmx" + heap(), "-XX:+AlwaysPreTouch");

  private ChildProcess() {}

  private static String heap() {
    return System.getProperty("firn.compare.heap", "2g");
  }

  /**
   * Runs a task to its end and returns its figures by name. A task that waits to be killed is
   * killed with SIGKILL as soon as it is ready.
   *
   * @throws IllegalStateException if the child fails; the message has what it printed
   */
  static Map<String, Double> run(Task task) throws IOException, InterruptedException {
    return run(task, List.of());
  }

  /** Runs a task in a JVM with more flags. */
  static Map<String, Double> run(Task task, List<String> flags)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command(task, flags))
            .redirectErrorStream(true)
            .directory(task.directory().toFile())
            .start();
    Map<String, Double> figures = new LinkedHashMap<>();
    List<String> other = new ArrayList<>();
    boolean killed = false;
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(Child.FIGURE)) {
          String[] parts = line.substring(Child.FIGURE.length()).split(" = ", 2);
          figures.put(parts[0], Double.valueOf(parts[1]));
        } else if (line.equals(Child.READY)) {
          // Through its handle: the process itself would close the stream that is being read.
          process.toHandle().destroyForcibly();
          killed = true;
        } else {
          other.add(line);
        }
      }
    } finally {
      process.destroyForcibly();
    }
    int exit = process.waitFor();
    if (exit != 0 && !killed) {
      throw new IllegalStateException(
          task.kind().id() + " " + task.what() + " ended with " + exit + ": " + tail(other));
    }
    return figures;
  }

  private static List<String> command(Task task, List<String> flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(COMMON_FLAGS);
    command.addAll(task.kind().jvmFlags());
    command.addAll(flags);
    command.add("-cp");
    command.add(absolute(System.getProperty("java.class.path")));
    command.add(Child.class.getName());
    command.addAll(task.toArguments());
    return command;
  }

  /** The child works in another directory, so relative entries would not be found. */
  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(java.io.File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(java.io.File.pathSeparator, entries);
  }

  private static String tail(List<String> lines) {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
  }
}
