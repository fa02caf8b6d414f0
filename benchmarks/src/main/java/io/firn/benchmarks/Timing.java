// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.HdrHistogram.Histogram;

/** What the calls of one thread took. Each figure includes one reading of the clock. */
final class Timing {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Histogram histogram = new Histogram(3);
  private long nanos;
  private long wallNanos;
  private long cpuNanos;

  void add(long callNanos) {
    histogram.recordValue(Math.max(0, callNanos));
    nanos += callNanos;
  }

  /** Adds the time from the first start to the last end of a block of calls. */
  void addWall(long blockNanos) {
    wallNanos += blockNanos;
  }

  /** Adds the processor time that the calling thread spent in a block of calls. */
  void addCpu(long blockNanos) {
    cpuNanos += blockNanos;
  }

  void merge(Timing other) {
    histogram.add(other.histogram);
    nanos += other.nanos;
    cpuNanos += other.cpuNanos;
  }

  long calls() {
    return histogram.getTotalCount();
  }

  double meanMicros() {
    return calls() == 0 ? 0 : nanos / 1e3 / calls();
  }

  double micros(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e3;
  }

  double cpuMicros() {
    return calls() == 0 ? 0 : cpuNanos / 1e3 / calls();
  }

  /** Returns the processor time of the calling thread so far, or 0 where the JVM cannot tell. */
  static long threadCpuNanos() {
    return THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : 0;
  }

  double callsPerSecond() {
    return wallNanos == 0 ? 0 : calls() * 1e9 / wallNanos;
  }
}
