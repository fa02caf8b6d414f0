// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.micro;

import io.firn.benchmarks.Directories;
import io.firn.benchmarks.subject.Subject;
import io.firn.benchmarks.subject.SubjectKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Appends and deletes of small tuples through the cache, its hot tier off. The values are so small
 * that the append to the log is most of the work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TupleBenchmark {
  private static final int KEYS = 1 << 16;
  private static final byte[] VALUE = new byte[8];

  private final byte[][] keys = new byte[KEYS][];
  private final Subject store = SubjectKind.FIRN.create();
  private Path directory = Path.of("");
  private int next;

  /** Opens a store in a temporary directory. */
  @Setup(Level.Iteration)
  public void open() throws IOException {
    directory = Files.createTempDirectory("firn-tuples-");
    for (int i = 0; i < KEYS; i++) {
      keys[i] = ByteBuffer.allocate(Long.BYTES).putLong(0, i).array();
    }
    store.open(directory, KEYS);
  }

  /** Closes the store and deletes it. */
  @TearDown(Level.Iteration)
  public void close() {
    store.close();
    Directories.delete(directory);
  }

  /** Puts a tuple, new or over an older one. */
  @Benchmark
  public void append() {
    store.put(nextKey(), VALUE);
  }

  /** Puts a tuple and deletes it. */
  @Benchmark
  public void appendAndDelete() {
    byte[] key = nextKey();
    store.put(key, VALUE);
    store.remove(key);
  }

  private byte[] nextKey() {
    return keys[next++ & (KEYS - 1)];
  }
}
