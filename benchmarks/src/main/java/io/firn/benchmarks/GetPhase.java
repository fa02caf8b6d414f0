// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.Subject;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Gets random entries with one thread and checks what comes back, outside of the timed calls. */
final class GetPhase {
  private static final int BLOCK = 512;

  private final Subject subject;
  private final Documents documents;
  private final Timing timing = new Timing();
  private long misses;
  private long wrong;

  GetPhase(Subject subject, Documents documents) {
    this.subject = subject;
    this.documents = documents;
  }

  /** Gets every entry once, in the random order of the keys, or as many as the time allows. */
  void warm(long entries, long limitNanos) {
    long deadline = System.nanoTime() + limitNanos;
    for (long n = 0; n < entries && (n % BLOCK != 0 || System.nanoTime() < deadline); n++) {
      check(n, subject.get(documents.key(n)));
    }
  }

  void run(long entries, long gets, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long[] numbers = new long[BLOCK];
    byte[][] keys = new byte[BLOCK][];
    byte[] @Nullable [] values = new byte[BLOCK] @Nullable [];
    for (long done = 0; done < gets; done += BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        numbers[i] = random.nextLong(entries);
        keys[i] = documents.key(numbers[i]);
      }
      long cpu = Timing.threadCpuNanos();
      for (int i = 0; i < BLOCK; i++) {
        long begin = System.nanoTime();
        values[i] = subject.get(keys[i]);
        timing.add(System.nanoTime() - begin);
      }
      timing.addCpu(Timing.threadCpuNanos() - cpu);
      for (int i = 0; i < BLOCK; i++) {
        check(numbers[i], values[i]);
      }
    }
  }

  Timing timing() {
    return timing;
  }

  long misses() {
    return misses;
  }

  long wrong() {
    return wrong;
  }

  private void check(long number, byte @Nullable [] value) {
    if (value == null) {
      misses++;
    } else if (!documents.matches(number, value)) {
      wrong++;
    }
  }
}
