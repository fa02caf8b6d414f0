// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Overwrites a store that is full to a share of its limit until it is in its steady state, and says
 * what a byte costs then: bytes written and bytes on disk.
 */
final class SteadyPhase {
  /** What is written once all entries are there. */
  enum Load {
    /** Every entry as often as any other. */
    UNIFORM,
    /** Some entries far more often than others; see {@link Ranks}. */
    ZIPF,
    /** A tenth of the entries takes nine tenths of the puts. */
    HOT,
    /** New entries that live {@link #LIFETIME}, at the rate that keeps their number. */
    EXPIRING
  }

  static final Duration LIFETIME = Duration.ofSeconds(20);

  /** Live records over what the limit leaves for data files. */
  private static final double UTILISATION = 0.8;

  /** What a store adds to keys and values: headers of records and pages. */
  private static final int RECORD_OVERHEAD_BYTES = 48;

  /** What of a limit is for log and index, and kept free. */
  private static final double OTHER_SHARE = 0.075;

  private static final int TURNOVERS_BEFORE = 3;
  private static final int TURNOVERS_TIMED = 2;
  private static final int BLOCK = 512;
  private static final int BLOCKS_PER_LOOK = 64;

  private final Task task;
  private final Documents documents;
  private final Subject subject;
  private final Load load;
  private final LongSupplier numbers;
  private final Timing timing = new Timing();
  private long userBytes;
  private long mostDiskBytes;
  private double sumDiskBytes;
  private int looks;

  SteadyPhase(Task task, Documents documents, Load load) {
    this.task = task;
    this.documents = documents;
    this.subject = task.kind().create();
    this.load = load;
    this.numbers = numbers(load, task.entries(), new SplittableRandom(task.seed()));
  }

  private static LongSupplier numbers(Load load, long entries, SplittableRandom random) {
    return switch (load) {
      case UNIFORM -> () -> random.nextLong(entries);
      case ZIPF -> {
        Ranks ranks = new Ranks(entries);
        yield () -> ranks.draw(random);
      }
      case HOT ->
          () -> random.nextInt(10) > 0 ? random.nextLong(entries / 10) : random.nextLong(entries);
      case EXPIRING -> {
        long[] next = {entries};
        yield () -> next[0]++;
      }
    };
  }

  void run() throws IOException {
    long live = 0;
    for (long n = 0; n < task.entries(); n++) {
      live += documents.key(n).length + documents.value(n).length;
    }
    double data = (live + (double) RECORD_OVERHEAD_BYTES * task.entries()) / UTILISATION;
    long limit = (long) (data / (1 - OTHER_SHARE));
    Directories.create(task.store());
    subject.openLimited(task.store(), task.entries(), limit);
    Timing filling = fill(live);
    double emptyPerSecond = filling.callsPerSecond();
    turnOver(TURNOVERS_BEFORE * live, live, new Timing());
    looks = 0;
    sumDiskBytes = 0;
    mostDiskBytes = 0;
    long userBefore = userBytes;
    Device device = new Device(task.store());
    long deviceBefore = device.writtenBytes();
    long writtenBefore = Memory.writtenBytes();
    Map<String, Double> before = subject.figures();
    turnOver(TURNOVERS_TIMED * live, live, timing);
    double written = Memory.writtenBytes() - writtenBefore;
    double onDevice = device.writtenBytes() - deviceBefore;
    Map<String, Double> after = subject.figures();
    double user = userBytes - userBefore;
    Child.figure("device", onDevice / user);
    Child.figure("written", written / user);
    after.forEach(
        (name, value) -> Child.figure(name, (value - before.getOrDefault(name, 0.0)) / user));
    Child.figure("on disk", sumDiskBytes / looks / live);
    Child.figure("most on disk", (double) mostDiskBytes / live);
    Child.figure("limit MB", limit / 1e6);
    Child.figure("per second", timing.callsPerSecond());
    Child.figure("p99 us", timing.micros(99));
    Child.figure("of empty x device", timing.callsPerSecond() / emptyPerSecond * onDevice / user);
    Child.figure("missing", load == Load.EXPIRING ? 0 : missing());
    subject.close();
  }

  private Timing fill(long live) {
    Timing filling = new Timing();
    if (load == Load.EXPIRING) {
      turnOver(live, live, filling);
    } else {
      long[] next = {0};
      while (next[0] < task.entries()) {
        putBlock(() -> Math.min(next[0]++, task.entries() - 1), filling);
      }
    }
    return filling;
  }

  private void turnOver(long bytes, long live, Timing into) {
    long start = System.nanoTime();
    long first = userBytes;
    for (int block = 0; userBytes - first < bytes; block++) {
      putBlock(numbers, into);
      if (block % BLOCKS_PER_LOOK == 0) {
        long disk = Directories.bytes(task.store());
        mostDiskBytes = Math.max(mostDiskBytes, disk);
        sumDiskBytes += disk;
        looks++;
      }
      if (load == Load.EXPIRING) {
        double due = (double) (userBytes - first) / live * LIFETIME.toNanos();
        LockSupport.parkNanos((long) due - (System.nanoTime() - start));
      }
    }
  }

  private void putBlock(LongSupplier drawn, Timing into) {
    byte[][] keys = new byte[BLOCK][];
    byte[][] values = new byte[BLOCK][];
    for (int i = 0; i < BLOCK; i++) {
      long number = drawn.getAsLong();
      keys[i] = documents.key(number);
      values[i] = documents.value(number);
      userBytes += keys[i].length + values[i].length;
    }
    long start = System.nanoTime();
    for (int i = 0; i < BLOCK; i++) {
      long begin = System.nanoTime();
      if (load == Load.EXPIRING) {
        subject.put(keys[i], values[i], LIFETIME);
      } else {
        subject.put(keys[i], values[i]);
      }
      into.add(System.nanoTime() - begin);
    }
    into.addWall(System.nanoTime() - start);
  }

  private long missing() {
    long missing = 0;
    for (long n = 0; n < task.entries(); n++) {
      byte[] found = subject.get(documents.key(n));
      missing += found != null && documents.matches(n, found) ? 0 : 1;
    }
    return missing;
  }
}
