// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.pace.PaceController;
import io.firn.compaction.pace.PaceReading;
import io.firn.compaction.pace.PaceSettings;
import io.firn.compaction.pace.PaceState;
import io.firn.compaction.plan.StoreFacts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Decides how fast the jobs may go that run, and lets the workers see it. For the scheduler's
 * thread.
 */
final class Pacer {
  /* One pace for the store, shared by the jobs that it holds; a ceiling for each table, shared by all
   * its jobs. While writers wait, or half of what should be available is gone, nothing is held back: a
   * cache that sheds values is worse than one that reads slowly for a while.
   *
   * Nothing measures what callers wait for, so the readings say that it is unknown. */

  private static final long READ_NANOS = 100_000_000L;
  private static final double MOST_COST = 100;

  private final Published<JobRates> rates;
  private final PaceSettings settings;
  private PaceState state = PaceState.initial();
  private boolean pressed;
  private long readNanos;
  private long seenWrittenBytes;

  Pacer(Published<JobRates> rates, PaceSettings settings, long nowNanos, long writtenBytes) {
    this.rates = rates;
    this.settings = settings;
    this.readNanos = nowNanos;
    this.seenWrittenBytes = writtenBytes;
  }

  /**
   * Takes a reading, unless the last one is too young.
   *
   * @param debtBytes bytes of all files above what they should take
   * @param writtenBytes what users have written since the store was opened
   * @param writersWait whether writers wait for room
   */
  void read(
      long nowNanos,
      StoreFacts facts,
      long debtBytes,
      long writtenBytes,
      boolean writersWait,
      List<Job> running) {
    long passed = nowNanos - readNanos;
    if (passed < READ_NANOS) {
      return;
    }
    long critical = facts.lowWaterBytes() / 2;
    long free = Math.max(0, facts.availableBytes() - critical);
    PaceReading reading =
        new PaceReading(
            Duration.ofNanos(passed),
            Math.max(debtBytes, Math.max(0, facts.lackingBytes())),
            free,
            Math.max(0, writtenBytes - seenWrittenBytes),
            cost(running),
            1);
    readNanos = nowNanos;
    seenWrittenBytes = writtenBytes;
    pressed = writersWait || free == 0;
    state = PaceController.next(state, reading, settings);
  }

  /** What is read, written and, in the end, deleted for each byte that comes back. */
  private static double cost(List<Job> running) {
    long planned = 0;
    long saved = 0;
    for (Job job : running) {
      boolean counts = job.paced() && job.savedBytes() > 0; // a survey gives nothing back
      planned += counts ? job.plannedBytes() : 0;
      saved += counts ? job.savedBytes() : 0;
    }
    double traffic = 2.0 * planned + Math.max(0, planned - saved);
    return Math.min(MOST_COST, Math.max(1, traffic / Math.max(1, saved)));
  }

  /**
   * Publishes the rates.
   *
   * @param ceiling bytes per second of the table of a job; 0 for no ceiling
   */
  void publish(List<Job> running, ToLongFunction<Job> ceiling) {
    Map<Long, Long> next = new HashMap<>();
    if (!pressed) {
      long paced = running.stream().filter(Job::paced).count();
      for (Job job : running) {
        long rate = job.paced() ? pace() / paced : JobRates.UNBOUNDED;
        long bound = ceiling.applyAsLong(job);
        if (bound > 0) {
          long siblings = running.stream().filter(each -> each.tableId() == job.tableId()).count();
          rate = Math.min(rate, bound / siblings);
        }
        next.put(job.id(), Math.max(1, rate));
      }
    }
    JobRates published = new JobRates(next);
    if (!published.equals(rates.get())) {
      rates.set(published);
    }
  }

  /** What runs was worth starting, so it ends, also when the debt is paid. */
  private long pace() {
    return Math.max(settings.floorBytesPerSecond(), state.bytesPerSecond());
  }
}
