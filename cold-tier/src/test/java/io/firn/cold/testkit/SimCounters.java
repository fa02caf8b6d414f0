// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.concurrent.atomic.AtomicLongArray;

/** What a disk was asked for. Thread-safe. */
public final class SimCounters {
  private static final int KINDS = DiskCall.values().length;

  private final AtomicLongArray calls = new AtomicLongArray(KINDS);
  private final AtomicLongArray bytes = new AtomicLongArray(KINDS);
  private final AtomicLongArray faults = new AtomicLongArray(Fault.values().length);
  private volatile long total;
  private volatile long allocatedPeak;

  SimCounters() {}

  /** Returns the number of calls of a kind, failed ones included. */
  public long calls(DiskCall call) {
    return calls.get(index(call));
  }

  /** Returns the number of calls of every kind. */
  public long calls() {
    return total;
  }

  /** Returns the bytes read or written by calls of a kind. */
  public long bytes(DiskCall call) {
    return bytes.get(index(call));
  }

  /** Returns the bytes written by calls of every kind. */
  public long bytesWritten() {
    return bytes(DiskCall.WRITE)
        + bytes(DiskCall.ZERO)
        + bytes(DiskCall.PUT)
        + bytes(DiskCall.PUBLISH)
        + bytes(DiskCall.PREPARE);
  }

  /** Returns how many faults of a kind were injected or, for a full disk, met. */
  public long faults(Fault fault) {
    return faults.get(index(fault));
  }

  /** Returns the largest number of bytes that were allocated at any moment. */
  public long allocatedPeak() {
    return allocatedPeak;
  }

  void count(DiskCall call, long number) {
    calls.incrementAndGet(index(call));
    total = number;
  }

  void moved(DiskCall call, long length) {
    bytes.addAndGet(index(call), length);
  }

  void fault(Fault fault) {
    faults.incrementAndGet(index(fault));
  }

  void allocated(long now) {
    if (now > allocatedPeak) {
      allocatedPeak = now;
    }
  }

  @SuppressWarnings("EnumOrdinal") // an index into arrays of this run only
  private static int index(Enum<?> kind) {
    return kind.ordinal();
  }
}
