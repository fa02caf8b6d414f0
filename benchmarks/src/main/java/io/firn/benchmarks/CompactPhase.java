// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionEvent;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionResult;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * What readers feel while Firn compacts as fast as it can, and how fast that is, beside them and
 * alone. Readers read random entries at fixed times, half as often as one could; a call's time
 * begins when it was due (an open loop), so that what waits behind a slow call counts. Some
 * compactions come before, as in a service that has run for a while: in the first one the compiler
 * takes more of two processors than the compaction does.
 */
final class CompactPhase {
  private static final String CACHE = "bench";
  private static final long RATE_NANOS = 5_000_000_000L;
  private static final long QUIET_NANOS = 15_000_000_000L;
  private static final double LOAD = 0.5;

  /** Removed of each ten entries, so that all files are worth compacting. */
  private static final int REMOVED_OF_TEN = 4;

  private static final int COMPACTIONS_BEFORE = 3;

  private final Task task;
  private final Documents documents;
  private final SplittableRandom random;

  /** How many compactions came before. */
  private int compactions;

  CompactPhase(Task task, Documents documents) {
    this.task = task;
    this.documents = documents;
    this.random = new SplittableRandom(task.seed());
  }

  void run() throws Exception {
    Directories.create(task.store());
    try (Firn firn = Firn.in(task.store()).open();
        TieredCache<byte[], byte[]> cache =
            firn.cache(CACHE, Codec.bytes(), Codec.bytes()).maximumHotEntries(0).open()) {
      firn.compaction()
          .configure(CACHE, CompactionConfig.defaults().toBuilder().autoCompact(false).build());
      for (long n = 0; n < task.entries(); n++) {
        cache.put(documents.key(n), documents.value(n));
      }
      for (int i = 1; i <= COMPACTIONS_BEFORE; i++) {
        remove(firn, cache);
        compactAlone(firn, i == COMPACTIONS_BEFORE);
        putBack(firn, cache);
        compactions = i;
      }
      remove(firn, cache);
      long closedLoop = read(cache, 0, RATE_NANOS, new AtomicBoolean(), new Histogram(3));
      long pauseNanos = (long) (RATE_NANOS / (closedLoop * LOAD));
      Child.figure("reads a second", 1e9 / pauseNanos);
      Histogram quiet = new Histogram(3);
      long unused = read(cache, pauseNanos, QUIET_NANOS, new AtomicBoolean(), quiet);
      compact(firn, cache, pauseNanos, quiet);
    }
  }

  private void remove(Firn firn, TieredCache<byte[], byte[]> cache) {
    for (long n = 0; n < task.entries(); n++) {
      if (isRemoved(n)) {
        cache.invalidate(documents.key(n));
      }
    }
    firn.flush();
  }

  private void putBack(Firn firn, TieredCache<byte[], byte[]> cache) {
    for (long n = 0; n < task.entries(); n++) {
      if (isRemoved(n)) {
        cache.put(documents.key(n), documents.value(n));
      }
    }
    firn.flush();
  }

  private static void compactAlone(Firn firn, boolean reports) {
    long moved = firn.compaction().totals().movedBytes();
    CompactionResult result = firn.compaction().compact(CACHE, CompactionOptions.defaults()).join();
    if (reports) {
      Child.figure("alone seconds", result.duration().toNanos() / 1e9);
      Child.figure("alone walked MB", result.bytesBefore() / 1e6);
      Child.figure("alone moved MB", (firn.compaction().totals().movedBytes() - moved) / 1e6);
    }
  }

  private void compact(
      Firn firn, TieredCache<byte[], byte[]> cache, long pauseNanos, Histogram quiet)
      throws Exception {
    AtomicLong started = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    Histogram busy = new Histogram(3);
    AutoCloseable listening =
        firn.compaction()
            .onEvent(
                event -> {
                  if (event.type() == CompactionEvent.Type.STARTED) {
                    started.compareAndSet(0, System.nanoTime());
                  }
                });
    long asked = System.nanoTime();
    long moved = firn.compaction().totals().movedBytes();
    var job =
        firn.compaction()
            .compact(CACHE, CompactionOptions.defaults())
            .whenComplete((result, failure) -> done.set(true));
    long unusedReads = read(cache, pauseNanos, Long.MAX_VALUE, done, busy);
    CompactionResult result = job.get();
    listening.close();
    Child.figure("ms to start", (started.get() - asked) / 1e6);
    Child.figure("seconds", result.duration().toNanos() / 1e9);
    Child.figure("files", result.files());
    Child.figure("walked MB", result.bytesBefore() / 1e6);
    Child.figure("moved MB", (firn.compaction().totals().movedBytes() - moved) / 1e6);
    report("p99", quiet, busy, 99);
    report("p99.9", quiet, busy, 99.9);
  }

  private static void report(String name, Histogram quiet, Histogram busy, double percentile) {
    double before = quiet.getValueAtPercentile(percentile) / 1e3;
    double during = busy.getValueAtPercentile(percentile) / 1e3;
    Child.figure(name + " ratio", during / before);
    Child.figure(name + " quiet us", before);
    Child.figure(name + " us", during);
  }

  /** Others each time: those that were put back stand together and would leave whole files dead. */
  private boolean isRemoved(long number) {
    return new SplittableRandom(number * task.entries() + compactions).nextInt(10) < REMOVED_OF_TEN;
  }

  /** Reads until a time has passed or something is done; returns how often. */
  private long read(
      TieredCache<byte[], byte[]> cache,
      long pauseNanos,
      long nanos,
      AtomicBoolean done,
      Histogram into) {
    long reads = 0;
    long start = System.nanoTime();
    for (long due = start; due - start < nanos && !done.get(); reads++) {
      long number = random.nextLong(task.entries());
      byte[] key = documents.key(number);
      while (System.nanoTime() < due) {
        if (due - System.nanoTime() > 100_000) {
          LockSupport.parkNanos(50_000);
        } else {
          Thread.onSpinWait();
        }
      }
      byte[] value = cache.getIfPresent(key);
      long now = System.nanoTime();
      into.recordValue(Math.max(0, now - due));
      due = pauseNanos == 0 ? now : due + pauseNanos;
      if (value != null ? !documents.matches(number, value) : !isRemoved(number)) {
        throw new IllegalStateException("entry " + number + " is missing or wrong");
      }
    }
    return reads;
  }
}
