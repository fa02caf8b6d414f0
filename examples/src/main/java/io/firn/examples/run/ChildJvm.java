// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of the same kind as this one, with the same class path and a heap of 512 MB, that runs one
 * main class. Its output goes where this JVM's goes. A child that is still alive when it is closed,
 * or when this JVM ends, is killed. Not thread-safe.
 */
public final class ChildJvm implements AutoCloseable {
  private static final String HEAP = "-Xmx512m";

  private final Process process;
  private final Thread killer;

  private ChildJvm(Process process) {
    this.process = process;
    this.killer = new Thread(process::destroyForcibly, "kill-child");
    Runtime.getRuntime().addShutdownHook(killer);
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
   */
  public int exitCode() {
    return process.exitValue();
  }

  /** Kills the child (SIGKILL where there are signals) and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (IllegalStateException e) {
      // This JVM is ending, so the hook runs anyway.
    }
  }
}
