// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process holds in memory. */
final class Memory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path INPUT_AND_OUTPUT = Path.of("/proc/self/io");
  private static final int COLLECTIONS = 3;

  private Memory() {}

  /** Returns what is on the heap after a collection. */
  static long heapBytes() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /**
   * Returns the resident memory that no file backs, or 0 where it cannot be had. A heap that was
   * touched when the JVM started is a constant part of it.
   */
  static long anonymousBytes() throws IOException {
    return number(STATUS, "RssAnon:") << 10;
  }

  /** Returns the bytes that this process has made the system write, or 0 where it does not tell. */
  static long writtenBytes() throws IOException {
    return number(INPUT_AND_OUTPUT, "write_bytes:")
        - number(INPUT_AND_OUTPUT, "cancelled_write_bytes:");
  }

  private static long number(Path file, String name) throws IOException {
    if (Files.isReadable(file)) {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    }
    return 0;
  }
}
