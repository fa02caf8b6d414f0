// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.io.DiskFullIoException;
import java.util.SplittableRandom;

/** The blocks of a disk: how many may be and are allocated. Guarded by its disk. */
final class SimSpace {
  private final SplittableRandom random;
  private final SimCounters counters;
  private long quotaBytes = Long.MAX_VALUE;
  private long usedBytes;

  SimSpace(SplittableRandom random, SimCounters counters) {
    this.random = random;
    this.counters = counters;
  }

  SplittableRandom random() {
    return random;
  }

  long usedBytes() {
    return usedBytes;
  }

  long quotaBytes() {
    return quotaBytes;
  }

  void quotaBytes(long bytes) {
    quotaBytes = bytes;
  }

  void claim(long bytes) throws DiskFullIoException {
    if (usedBytes + bytes > quotaBytes) {
      counters.fault(Fault.ENOSPC);
      throw new DiskFullIoException(
          "no space: " + usedBytes + " of " + quotaBytes + " bytes are in use", null);
    }
    usedBytes += bytes;
    counters.allocated(usedBytes);
  }

  void release(long bytes) {
    usedBytes -= bytes;
  }

  void reset(long bytes) {
    usedBytes = bytes;
    counters.allocated(bytes);
  }
}
