// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.SegmentEntry;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When the records of a segment expire: an upper bound that is certain, and an estimate of the
 * bytes that have expired. Thread-safe; to note a record costs a load, mostly, and an addition for
 * segments with records that expire.
 *
 * <p>Records are noted between their claim and its end. A page is sealed when all claims in it have
 * ended, so whoever sees that a page is sealed sees a bound that covers its records. The manifest
 * keeps it. What earlier lives put in after that is unknown, as no frame tells it, until a {@link
 * Survey} reads it.
 */
public final class SegmentExpiry {
  /** As an expiry: none. */
  public static final long NEVER = Long.MAX_VALUE;

  /** As a bound in a manifest: nothing is known, but for what a {@link Survey} would find. */
  static final long UNKNOWN = SegmentEntry.EXPIRY_UNKNOWN;

  /** As a bound: nothing was put in. */
  public static final long NOTHING = Long.MIN_VALUE;

  private static final int BUCKETS = 32;
  private static final int NEVER_BUCKET = BUCKETS - 1;
  private static final int MILLIS_PER_SECOND = 1000;

  /* Bucket 0 counts the bytes that expire in the first second after the segment's time base, bucket
   * b those from 2^(b-1) to 2^b seconds, the last one those that never do. Dead bytes are counted
   * too; while fewer bytes were noted than the segment holds, the dead are taken to be spread like
   * the others. In a segment whose pages were used again they are not: there only those live bytes
   * count as expired that cannot be any of the others. */

  private final long capacity;
  private final long timeBaseMillis;
  private final LongSupplier liveCharge;
  private final Threads threads;

  /** Of the records of this life. */
  private final AtomicLong noted = new AtomicLong(NOTHING);

  /** Of those of earlier lives: what the manifest says, or what was read. */
  private volatile long earlier = NOTHING;

  /** Earlier lives have put records in of which nothing is known. */
  private volatile boolean older;

  /** Earlier lives have put records in of which reading them would tell more. */
  private volatile boolean unread;

  /** Not all could be read, which is not tried again in this life. */
  private volatile boolean unreadable;

  private final AtomicReference<@Nullable AtomicLongArray> histogram = new AtomicReference<>();

  SegmentExpiry(long capacity, long timeBaseMillis, LongSupplier liveCharge, Threads threads) {
    this.capacity = capacity;
    this.timeBaseMillis = timeBaseMillis;
    this.liveCharge = liveCharge;
    this.threads = threads;
  }

  /** Notes that there are records of earlier lives of which nothing is known. */
  void unknown() {
    older = true;
    unread = true;
  }

  /**
   * Takes what a manifest says of the records of earlier lives. Where some never expire it does not
   * say whether others do, and that is not worth reading everything for.
   */
  void restore(long boundMillis) {
    earlier = boundMillis;
    older = boundMillis >= UNKNOWN;
    unread = boundMillis != NEVER && boundMillis != NOTHING;
  }

  /** Returns what a manifest says: the latest expiry, or that it is unknown. */
  public long savedMillis() {
    return older && unread ? UNKNOWN : latestMillis();
  }

  /**
   * Tells whether reading the records would tell when those of earlier lives expire: the bound
   * after a crash, and how much expires before it after any restart.
   */
  public boolean isWorthSurvey() {
    return unread && !unreadable;
  }

  /** What somebody finds who reads all records of earlier lives, or more. For one thread. */
  public final class Survey {
    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private long bound = NOTHING;

    /**
     * Counts a record that may be live.
     *
     * @param liveBytes its length, 0 if it is dead
     */
    public void record(long expiresAtMillis, int liveBytes) {
      long expiresAt = Math.max(expiresAtMillis, timeBaseMillis);
      if (expiresAt != NEVER || threads.keeps(Rule.EXPIRY_COVERS_LASTING)) {
        bound = Math.max(bound, expiresAt);
      }
      long unusedSum = counts.addAndGet(bucketOf(expiresAt), liveBytes);
    }

    /** Makes known what was found. */
    public void complete() {
      histogram.set(counts);
      earlier = bound;
      older = false; // first, as a checkpoint that saw it read must find the bound
      unread = false;
    }

    /** Gives up: some of it cannot be read, and stays unknown. */
    public void fail() {
      unreadable = true;
    }
  }

  /** Notes a record whose space is claimed; before the claim ends. */
  public void note(long expiresAtMillis, int bytes) {
    // What expires before the base is stored as expiring at the base.
    long expiresAt = Math.max(expiresAtMillis, timeBaseMillis);
    if (expiresAt > noted.get()
        && (expiresAt != NEVER || threads.keeps(Rule.EXPIRY_COVERS_LASTING))) {
      long unusedBound = noted.accumulateAndGet(expiresAt, Math::max);
    }
    AtomicLongArray counts = histogram.get();
    if (counts == null && expiresAt == NEVER) {
      return; // nothing expires here yet
    }
    if (counts == null) {
      counts = startHistogram(bytes);
    }
    long unusedSum = counts.addAndGet(bucketOf(expiresAt), bytes);
  }

  /** Counts what is there as lasting, which it is, or unknown. */
  private AtomicLongArray startHistogram(int bytes) {
    AtomicLongArray fresh = new AtomicLongArray(BUCKETS);
    fresh.set(NEVER_BUCKET, Math.max(0, liveCharge.getAsLong() - bytes));
    AtomicLongArray present = histogram.compareAndExchange(null, fresh);
    return present == null ? fresh : present;
  }

  private int bucketOf(long expiresAt) {
    if (expiresAt == NEVER) {
      return NEVER_BUCKET;
    }
    long seconds = Math.max(0, (expiresAt - timeBaseMillis) / MILLIS_PER_SECOND);
    return Math.min(NEVER_BUCKET - 1, Long.SIZE - Long.numberOfLeadingZeros(seconds));
  }

  /**
   * Returns a wall time at which every record has expired that may be live in pages that are sealed
   * now: {@link #NEVER} if some record never expires or nothing is known, {@link #NOTHING} if
   * nothing was put in.
   */
  public long latestMillis() {
    return older ? NEVER : Math.max(noted.get(), earlier);
  }

  /** Tells whether all records count; not so if an earlier life put some in that do not. */
  public boolean isKnown() {
    return !older;
  }

  /** Estimates how many of the live bytes have expired at a wall time. */
  public long expiredBytes(long nowMillis) {
    long live = Math.max(0, liveCharge.getAsLong());
    if (latestMillis() <= nowMillis) {
      return live;
    }
    AtomicLongArray counts = histogram.get();
    if (counts == null) {
      return 0;
    }
    double seconds = Math.max(0, nowMillis - timeBaseMillis) / (double) MILLIS_PER_SECOND;
    double total = 0;
    double expired = 0;
    for (int i = 0; i < BUCKETS; i++) {
      long bytes = counts.get(i);
      total += bytes;
      expired += i == NEVER_BUCKET ? 0 : bytes * passed(i, seconds);
    }
    double estimate =
        total <= capacity ? live * (expired / Math.max(1, total)) : live - (total - expired);
    return Math.max(0, Math.min(live, (long) estimate));
  }

  /** Returns the share of a bucket's time that has passed. */
  private static double passed(int bucket, double seconds) {
    double from = bucket == 0 ? 0 : 1L << (bucket - 1);
    double to = 1L << bucket;
    return Math.max(0, Math.min(1, (seconds - from) / (to - from)));
  }
}
