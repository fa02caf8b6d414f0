// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import org.jspecify.annotations.Nullable;

/**
 * Makes the JVM throw, here and now, the {@link InternalError} for a fault that this thread met in
 * a mapping before.
 */
final class FaultBarrier {
  /* A fault in compiled code does not throw where it happens: the JVM notes it and goes on. From JDK 19
   * on the note is delivered at the next safepoint poll, and the loop below contains one. Before, it is
   * delivered only when the thread comes back from a call into the JVM, which may be arbitrarily later;
   * an array of two dimensions whose lengths the compiler does not know is such a call. */
  static final boolean DELIVERED_AT_POLLS = Runtime.version().feature() >= 19;

  private static volatile int nothing;
  private static int lengths;
  private static @Nullable Object sink;

  private FaultBarrier() {}

  /** Delivers what is noted; costs some tens of nanoseconds below JDK 19. */
  static void deliver() {
    if (DELIVERED_AT_POLLS) {
      poll();
    } else {
      enterJvm();
    }
  }

  /** Passes a safepoint poll. */
  static void poll() {
    int i = nothing | 3;
    while (i != 0) {
      i >>>= 1;
    }
  }

  /** Calls into the JVM. */
  static void enterJvm() {
    Object empty = new byte[lengths][lengths];
    if (empty.equals(sink)) {
      sink = empty;
    }
  }
}
