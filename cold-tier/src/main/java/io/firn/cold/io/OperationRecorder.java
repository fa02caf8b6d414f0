// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Runs operations, keeps a latency histogram for each kind, and completes their futures. */
final class OperationRecorder {
  /* Bounded histograms: times above the maximum count as the maximum. */
  static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);

  private static final long RESOLUTION_NANOS = 100;
  private static final int DIGITS = 2;

  private final TimeSource time;
  private final long startNanos;
  private final Map<DiskOperation, Series> series = new EnumMap<>(DiskOperation.class);
  private final Lock lock = new ReentrantLock();

  OperationRecorder(TimeSource time) {
    this.time = time;
    this.startNanos = time.nanoTime();
    for (DiskOperation kind : DiskOperation.values()) {
      series.put(kind, new Series());
    }
  }

  private static final class Series {
    final Recorder recorder = new Recorder(RESOLUTION_NANOS, MAX_NANOS, DIGITS);
    final Histogram total = new Histogram(RESOLUTION_NANOS, MAX_NANOS, DIGITS);
    final LongAdder failures = new LongAdder();
    final LongAdder bytes = new LongAdder();
    @Nullable Histogram interval;
  }

  /** Runs an operation and completes its future, with an {@link IOException} if it throws. */
  <T> void run(DiskOperation kind, AsyncIo.Call<T> call, CompletableFuture<T> future) {
    long start = time.nanoTime();
    T result;
    try {
      result = call.run();
    } catch (IOException | RuntimeException | Error e) {
      record(kind, start, 0, true);
      future.completeExceptionally(IoErrors.translated(e));
      return;
    }
    record(kind, start, call.bytes(), false);
    future.complete(result);
  }

  private void record(DiskOperation kind, long start, long bytes, boolean failed) {
    Series recorded = series(kind);
    long nanos = time.nanoTime() - start;
    recorded.recorder.recordValue(Math.max(0, Math.min(MAX_NANOS, nanos)));
    recorded.bytes.add(bytes);
    if (failed) {
      recorded.failures.increment();
    }
  }

  AsyncIoStats stats(int queued, int workers) {
    double seconds = Math.max(1, time.nanoTime() - startNanos) / 1e9;
    Map<DiskOperation, OperationStats> operations = new EnumMap<>(DiskOperation.class);
    lock.lock();
    try {
      for (DiskOperation kind : DiskOperation.values()) {
        operations.put(kind, stats(series(kind), seconds));
      }
    } finally {
      lock.unlock();
    }
    return new AsyncIoStats(operations, queued, workers);
  }

  private static OperationStats stats(Series series, double seconds) {
    Histogram interval = series.recorder.getIntervalHistogram(series.interval);
    series.interval = interval;
    series.total.add(interval);
    Histogram total = series.total;
    long count = total.getTotalCount();
    return new OperationStats(
        count,
        series.failures.sum(),
        series.bytes.sum(),
        total.getMean(),
        total.getValueAtPercentile(50),
        total.getValueAtPercentile(99),
        total.getMaxValue(),
        count / seconds);
  }

  private Series series(DiskOperation kind) {
    return Objects.requireNonNull(series.get(kind), kind::name);
  }
}
