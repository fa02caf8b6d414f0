// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.agent.SystemThreads;
import io.firn.cold.agent.SystemTime;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Frames;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.io.NioDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads append to a log on a real disk while others read it and force it. */
final class LogConcurrencyTest {
  private static final int WRITERS = 3;
  private static final int FRAMES = 20_000;
  private static final int LARGEST_PAD = 2_000;
  private static final int PAD_ODDS = 8;
  private static final int ABANDON_ODDS = 50;

  @TempDir Path directory;

  /** How many of its frames each writer has appended, published before it goes on. */
  private final AtomicLongArray appended = new AtomicLongArray(WRITERS);

  private static Log start(Disk disk) throws IOException {
    AtomicLong salts = new AtomicLong(5);
    Log log =
        new Log(
            new LogShape(64 << 10, 256 << 10, 64 << 10),
            disk,
            new DiskLedger(1L << 30),
            new SystemThreads("log-test"),
            SystemTime.INSTANCE,
            salts::incrementAndGet,
            null);
    log.start(LogHistory.FIRST_LSN, LogHistory.FIRST_LSN, 1, List.of());
    return log;
  }

  @Test
  void aReader_seesWholeFramesAndNoHoleBelowTheEnd() throws Exception {
    Disk disk = NioDisk.open(directory);
    Log log = start(disk);
    ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<Boolean>> writers = new ArrayList<>();
      for (int w = 0; w < WRITERS; w++) {
        writers.add(pool.submit(writer(log, w)));
      }
      while (writers.stream().anyMatch(writer -> !writer.isDone())) {
        long[] before = counts();
        long end = log.end();
        long[] seen = read(disk, end);
        for (int w = 0; w < WRITERS; w++) {
          assertThat(seen[w]).as("frames of writer %s", w).isGreaterThanOrEqualTo(before[w]);
        }
        log.force(end);
        long unusedAfterMark = log.mark(end, 1);
      }
      for (Future<Boolean> writer : writers) {
        assertThat(writer.get()).isTrue();
      }
      assertThat(read(disk, log.end())).containsOnly(FRAMES);
      assertThat(log.diskBytes()).isGreaterThan(1 << 20);
    } finally {
      pool.shutdownNow();
      log.close(true);
    }
    assertThat(read(disk, Long.MAX_VALUE)).containsOnly(FRAMES);
  }

  private long[] counts() {
    long[] counts = new long[WRITERS];
    for (int w = 0; w < WRITERS; w++) {
      counts[w] = appended.get(w);
    }
    return counts;
  }

  private Callable<Boolean> writer(Log log, int writer) {
    return () -> {
      SplittableRandom random = new SplittableRandom(writer);
      FrameWriter frame = new FrameWriter();
      for (long n = 0; n < FRAMES; n++) {
        if (random.nextInt(PAD_ODDS) == 0) {
          int bytes = Frames.align8(Frames.HEADER_BYTES + random.nextInt(LARGEST_PAD));
          long unusedLsn = log.append(frame, frame.pad(bytes));
        }
        if (random.nextInt(ABANDON_ODDS) == 0) {
          abandon(log);
        }
        long lsn = log.append(frame, frame.delete(writer + 1, n, 0));
        assertThat(log.end()).as("end after frame at %s", lsn).isGreaterThan(lsn);
        appended.set(writer, n + 1);
      }
      return true;
    };
  }

  private static void abandon(Log log) {
    int bytes = 40;
    log.reserve(bytes);
    long lsn = log.begin(bytes);
    try {
      log.abandon(bytes, lsn);
    } finally {
      log.endAppend();
    }
  }

  /** Reads all frames below an end, without holes; returns how many each writer has. */
  private static long[] read(Disk disk, long end) throws IOException {
    long[] next = {LogHistory.FIRST_LSN};
    long[] counts = new long[WRITERS];
    LogHistory.open(disk)
        .replay(
            LogHistory.FIRST_LSN,
            end,
            (lsn, frame) -> {
              assertThat(lsn).as("the frame after %s", next[0]).isEqualTo(next[0]);
              next[0] = lsn + frame.alignedLength();
              if (frame.type() == FrameType.TUPLE_DELETE) {
                int writer = frame.tableId() - 1;
                assertThat(frame.hash()).isEqualTo(counts[writer]);
                counts[writer]++;
              }
              return true;
            });
    if (end != Long.MAX_VALUE) {
      assertThat(next[0]).isGreaterThanOrEqualTo(end);
    }
    return counts;
  }

  @Test
  void aReservationThatIsGivenBack_canBeUsedByOthers() throws IOException {
    Disk disk = NioDisk.open(directory);
    Log log = start(disk);
    try {
      long before = log.diskBytes();
      for (int i = 0; i < 100_000; i++) {
        log.reserve(1_000);
        log.unreserve(1_000);
      }
      assertThat(log.diskBytes()).isLessThanOrEqualTo(before * 4);
    } finally {
      log.close(true);
    }
  }
}
