// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.micro;

import io.firn.benchmarks.Directories;
import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.SystemThreads;
import io.firn.cold.agent.SystemTime;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Frames;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.io.NioDisk;
import io.firn.cold.wal.Log;
import io.firn.cold.wal.LogHistory;
import io.firn.cold.wal.LogShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Appends to the log and nothing else: the frame of a put, in the sizes that a store has by
 * default. As in a store, one agent zeroes the log ahead of the appends and another forces it each
 * 100 ms. That one gives up what is forced too, so the run takes no more than a few segments of
 * disk.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class LogAppendBenchmark {
  private static final LogShape SHAPE = new LogShape(256 << 10, 64 << 20, 128 << 10);
  private static final long DISK_BYTES = 2L << 30;

  private Path directory = Path.of("");
  private @Nullable Log log;
  private List<AgentHandle> agents = List.of();

  /** What one thread appends. */
  @State(Scope.Thread)
  public static class Appender {
    private final FrameWriter frame = new FrameWriter();
    private long hash = 1;

    long append(Log log) {
      hash *= 0x5851F42D4C957F2DL;
      int length = frame.insert(false, 1, hash, hash, 1_000, (int) hash, 0);
      int aligned = Frames.align8(length);
      log.reserve(aligned);
      long lsn = log.begin(aligned);
      try {
        log.publish(frame, length, lsn);
      } finally {
        log.endAppend();
      }
      return lsn;
    }
  }

  /** Zeroes ahead, or forces and retires, until it is closed. */
  private record Worker(String roleName, Work work) implements Agent {
    private interface Work {
      boolean run() throws IOException;
    }

    @Override
    public long idleNanos() {
      return TimeUnit.MILLISECONDS.toNanos(100);
    }

    @Override
    public int doWork() {
      try {
        return work.run() ? 1 : 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Starts a log in a temporary directory. */
  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory("firn-log-");
    SystemThreads threads = new SystemThreads("log");
    AtomicLong salts = new AtomicLong();
    Log opened =
        new Log(
            SHAPE,
            NioDisk.open(directory),
            new DiskLedger(DISK_BYTES),
            threads,
            SystemTime.INSTANCE,
            salts::incrementAndGet,
            null);
    opened.start(LogHistory.FIRST_LSN, LogHistory.FIRST_LSN, 1, List.of());
    AgentHandle ahead = threads.start(new Worker("prepare", opened::prepareAhead));
    opened.onLowCredit(ahead::wake);
    AgentHandle behind = threads.start(new Worker("force", () -> forceAndRetire(opened)));
    agents = List.of(ahead, behind);
    log = opened;
  }

  /** Does all that is due, so it idles for its time after each call. */
  private static boolean forceAndRetire(Log log) throws IOException {
    long end = log.end();
    log.force(end);
    log.retire(end);
    return false;
  }

  /** Closes the log and deletes it. */
  @TearDown
  public void close() throws IOException {
    agents.forEach(AgentHandle::close);
    Objects.requireNonNull(log).close(true);
    Directories.delete(directory);
  }

  /** Appends from one thread. */
  @Benchmark
  @Threads(1)
  public long append(Appender appender) {
    return appender.append(Objects.requireNonNull(log));
  }

  /** Appends from two threads, which share the append lock. */
  @Benchmark
  @Threads(2)
  public long appendFromTwo(Appender appender) {
    return appender.append(Objects.requireNonNull(log));
  }
}
