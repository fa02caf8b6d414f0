// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of the same kind as this one, with the same class path and a heap of 512 MB, that runs one
 * main class. Its output goes where this JVM's goes. A child that is still alive when it is closed
 * is killed. Not thread-safe.
 */
public final class ChildJvm implements AutoCloseable {
  private static final String HEAP = "-Xmx512m";

  /** How a JVM ends that is told to: 128 and the number of SIGHUP, SIGINT or SIGTERM. */
  private static final Set<Integer> TOLD_TO_END = Set.of(129, 130, 143);

  private final Process process;

  private ChildJvm(Process process) {
    this.process = process;
  }

  /** Starts {@code main} with {@code arguments}. */
  public static ChildJvm start(Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(HEAP);
    command.add("-cp");
    command.add(classPath());
    command.add(main.getName());
    command.addAll(arguments);
    return new ChildJvm(new ProcessBuilder(command).inheritIO().start());
  }

  private static String classPath() {
    List<String> absolute = new ArrayList<>();
    for (String element : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      absolute.add(Path.of(element).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, absolute);
  }

  /** Waits until the child has ended; false if it has not after {@code limit}. */
  public boolean hasEndedWithin(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Returns the exit code of a child that has ended.
   *
   * @throws IllegalThreadStateException if it has not
   * @throws InterruptedException if it was told to end, as Ctrl-C tells every process of a terminal
   */
  public int exitCode() throws InterruptedException {
    int exitCode = process.exitValue();
    if (TOLD_TO_END.contains(exitCode)) {
      throw new InterruptedException("the child was told to end, exit code " + exitCode);
    }
    return exitCode;
  }

  /** Kills the child (SIGKILL where there are signals) and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Kills the child if it is still alive, and waits until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
