// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/** How much memory the process may count on: that of its container, or of the machine. */
public final class ContainerMemory {
  private static final int HEAPS = 4;

  private ContainerMemory() {}

  /** Returns the total in bytes; four times the maximum heap if the JVM does not tell. */
  public static long totalBytes() {
    return totalBytes(ManagementFactory.getOperatingSystemMXBean());
  }

  static long totalBytes(OperatingSystemMXBean system) {
    long told =
        system instanceof com.sun.management.OperatingSystemMXBean extended
            ? extended.getTotalMemorySize()
            : 0;
    long heap = Runtime.getRuntime().maxMemory();
    return told > 0 ? told : Math.max(heap, heap * HEAPS);
  }
}
