// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.index.IndexShape;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.wal.ArchivePolicy;
import io.firn.cold.wal.LogShape;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What a seed draws for its store and its clients.
 *
 * @param options the store's settings
 * @param quotaBytes what the disk holds
 * @param clients how many tasks work at the same time
 * @param keys how many keys a table may have
 * @param operations how many operations a client does in one life
 * @param maximumValue largest value in bytes
 * @param lives how many lives end before the last one
 * @param readShare share of reads, in percent
 * @param removeShare share of removals, in percent
 * @param expiryShare share of the puts that expire, in percent
 * @param rareOdds one in so many operations clears, creates or drops a table, or flushes
 * @param collisions whether pairs of keys share a hash
 * @param jumps whether the wall clock jumps
 * @param powerShare share of the crashes that are power failures, in percent
 * @param batchShare share of the changes that are batches, in percent
 * @param faults which faults are injected
 */
record SimulationShape(
    EngineOptions options,
    long quotaBytes,
    int clients,
    int keys,
    int operations,
    int maximumValue,
    int lives,
    int readShare,
    int removeShare,
    int expiryShare,
    int rareOdds,
    boolean collisions,
    boolean jumps,
    int powerShare,
    int batchShare,
    Faults faults) {
  /** Faults of a disk while clients work. */
  enum Faults {
    NONE,
    FULL,
    BROKEN
  }

  private static final int LARGEST_SHARE = 100;
  private static final long ROOMY_BYTES = 256L << 20;
  private static final long SMALLEST_LIMIT_BYTES = 1L << 20;

  /** Long, as the clock of a simulation runs ahead of tasks that only give way to others. */
  private static final long LIMIT_WAIT_NANOS = 14_400_000_000_000L;

  /** Tells whether operations may be refused for lack of space. */
  boolean mayBeFull() {
    return faults != Faults.NONE || options.space().maximumSegments() < 1000;
  }

  /** Tells whether the store has to make room by evicting what lives. */
  boolean isLimited() {
    return options.maximumDiskBytes() < ROOMY_BYTES && faults != Faults.FULL;
  }

  static SimulationShape draw(long seed, SimulationFocus focus) {
    SimulationShape drawn = drawRoomy(seed, focus);
    return focus == SimulationFocus.LIMIT ? drawn.limited(seed) : drawn;
  }

  /** Returns these draws in a store that is too small for them, where puts wait for room. */
  private SimulationShape limited(long seed) {
    SplittableRandom random = new SplittableRandom(seed * 53 + 19);
    long limit = SMALLEST_LIMIT_BYTES + random.nextInt(1 << 20);
    return new SimulationShape(
        with(options, limit, options.flushMode(), LIMIT_WAIT_NANOS),
        quotaBytes,
        clients,
        200 + random.nextInt(800),
        operations * (2 + random.nextInt(8)),
        Math.max(maximumValue, 1024 + random.nextInt(4 << 10)),
        lives,
        readShare,
        removeShare,
        expiryShare,
        rareOdds,
        collisions,
        jumps,
        powerShare,
        batchShare,
        faults);
  }

  private static SimulationShape drawRoomy(long seed, SimulationFocus focus) {
    SplittableRandom random = new SplittableRandom(seed * 31 + 7);
    SplittableRandom more = new SplittableRandom(seed * 37 + 11);
    int pageBytes = 512 << random.nextInt(4);
    Faults faults = faults(random, focus);
    boolean fewNumbers =
        focus == SimulationFocus.NUMBERS
            || (random.nextInt(4) == 0 && focus != SimulationFocus.LIMIT);
    boolean large = focus == SimulationFocus.LARGE_VALUES || random.nextInt(3) == 0;
    int operations = operations(random, focus);
    int keys = 5 + (int) (195 * square(random));
    FlushMode mode = mode(random, focus);
    int maximumValue = large ? (1 + random.nextInt(4)) * pageBytes : 16 << random.nextInt(6);
    if (focus == SimulationFocus.LARGE_VALUES
        || focus == SimulationFocus.READERS
        || focus == SimulationFocus.SYNC) {
      keys = 5 + random.nextInt(30);
    }
    int readShare = focus == SimulationFocus.READERS ? 60 : random.nextInt(60);
    return new SimulationShape(
        options(
            random,
            pageBytes,
            faults,
            fewNumbers,
            mode,
            carriedBytes(more),
            batches(more),
            archive(seed),
            spaceWaitNanos(seed),
            focus == SimulationFocus.LIMIT ? 0 : manyStreams(seed)),
        faults == Faults.FULL ? quotaBytes(random, focus) : Long.MAX_VALUE,
        focus == SimulationFocus.READERS ? 4 : 1 + random.nextInt(4),
        keys,
        operations,
        maximumValue,
        random.nextInt(6),
        readShare,
        focus == SimulationFocus.FULL_DISK ? 40 : random.nextInt(30),
        expiryShare(random, more, focus),
        focus == SimulationFocus.NUMBERS ? 15 : 20 + random.nextInt(200),
        focus == SimulationFocus.COLLISIONS
            || (random.nextInt(12) == 0 && focus != SimulationFocus.LIMIT),
        focus == SimulationFocus.EXPIRY || random.nextInt(5) == 0,
        focus == SimulationFocus.POWER || focus == SimulationFocus.SYNC
            ? LARGEST_SHARE
            : random.nextInt(LARGEST_SHARE),
        more.nextInt(3) == 0 ? 5 + more.nextInt(40) : more.nextInt(5),
        faults);
  }

  /** Now and then everything expires, so that whole segments do. */
  private static int expiryShare(
      SplittableRandom random, SplittableRandom more, SimulationFocus focus) {
    int some =
        focus == SimulationFocus.EXPIRY ? 70 : random.nextInt(4) == 0 ? random.nextInt(60) : 0;
    boolean rather = focus == SimulationFocus.EXPIRY || focus == SimulationFocus.NONE;
    return rather && more.nextInt(8) == 0 ? LARGEST_SHARE : some;
  }

  /** A small quota is exceeded before the next life begins, so that it never has a free block. */
  private static int quotaBytes(SplittableRandom random, SimulationFocus focus) {
    return focus == SimulationFocus.FULL_DISK
        ? (192 << 10) + random.nextInt(256 << 10)
        : (512 << 10) + random.nextInt(1 << 20);
  }

  private static ArchivePolicy archive(long seed) {
    SplittableRandom random = new SplittableRandom(seed * 17 + 3);
    return random.nextInt(4) > 0
        ? ArchivePolicy.NONE
        : new ArchivePolicy(
            1 + random.nextInt(5), 64 << 10, Duration.ofMillis(1 + random.nextInt(20_000)));
  }

  private static long spaceWaitNanos(long seed) {
    SplittableRandom random = new SplittableRandom(seed * 43 + 5);
    return random.nextInt(3) == 0 ? 0 : 1_000_000L << random.nextInt(12);
  }

  /**
   * Returns how many streams there are, whatever lives in them; 0 for the few of others. A small
   * store at its limit would have no room for so many.
   */
  private static int manyStreams(long seed) {
    SplittableRandom random = new SplittableRandom(seed * 47 + 13);
    return random.nextInt(4) > 0 ? 0 : 8 + random.nextInt(3);
  }

  private static double square(SplittableRandom random) {
    double draw = random.nextDouble();
    return draw * draw;
  }

  private static Faults faults(SplittableRandom random, SimulationFocus focus) {
    int draw = random.nextInt(10);
    if (focus == SimulationFocus.FULL_DISK) {
      return Faults.FULL;
    }
    if (focus != SimulationFocus.NONE || draw > 1) {
      return Faults.NONE;
    }
    return draw == 0 ? Faults.FULL : Faults.BROKEN;
  }

  private static int operations(SplittableRandom random, SimulationFocus focus) {
    int some = 30 + random.nextInt(150);
    if (focus == SimulationFocus.NUMBERS || focus == SimulationFocus.READERS) {
      return some * 2;
    } else if (focus == SimulationFocus.FULL_DISK) {
      return some * 10;
    }
    return random.nextInt(20) == 0 ? some * 7 : some;
  }

  /** Returns the settings of a life: now and then another flush mode than the seed's. */
  EngineOptions optionsOfLife(SplittableRandom random) {
    FlushMode[] modes = FlushMode.values();
    FlushMode mode = random.nextInt(4) == 0 ? modes[random.nextInt(3)] : options.flushMode();
    return with(options, options.maximumDiskBytes(), mode, options.spaceWaitNanos());
  }

  private static EngineOptions with(
      EngineOptions o, long maximumDiskBytes, FlushMode mode, long spaceWaitNanos) {
    return new EngineOptions(
        maximumDiskBytes,
        mode,
        o.flushIntervalNanos(),
        o.flushBytes(),
        o.maximumValueBytes(),
        o.keptLogBytes(),
        o.mappedBytes(),
        o.carriedBytes(),
        o.batches(),
        o.log(),
        o.space(),
        o.index(),
        o.damage(),
        o.startEmptyIfNewer(),
        o.archive(),
        spaceWaitNanos);
  }

  private static FlushMode mode(SplittableRandom random, SimulationFocus focus) {
    FlushMode[] modes = FlushMode.values();
    FlushMode drawn = modes[random.nextInt(modes.length)];
    if (focus == SimulationFocus.SYNC) {
      return FlushMode.SYNC;
    }
    return focus == SimulationFocus.POWER && drawn == FlushMode.NONE ? FlushMode.ASYNC : drawn;
  }

  /** From records of a few bytes to those that need most of the longest frame. */
  private static int carriedBytes(SplittableRandom random) {
    return random.nextInt(8) == 0 ? 0 : 32 << random.nextInt(7);
  }

  /** Bounds that a batch meets now and then. */
  private static BatchLimits batches(SplittableRandom random) {
    return new BatchLimits(
        (4 << 10) << random.nextInt(6), 3 + random.nextInt(12), 1_000_000L << random.nextInt(14));
  }

  private static SpaceShape withStreams(SpaceShape s, int streams) {
    return new SpaceShape(
        s.pageBytes(),
        s.minimumSegmentBytes(),
        s.maximumSegmentBytes(),
        s.maximumSegments(),
        s.extentPages(),
        s.aheadBytes(),
        streams,
        0);
  }

  private static EngineOptions options(
      SplittableRandom random,
      int pageBytes,
      Faults faults,
      boolean fewNumbers,
      FlushMode mode,
      int carriedBytes,
      BatchLimits batches,
      ArchivePolicy archive,
      long spaceWaitNanos,
      int manyStreams) {
    LogShape log =
        new LogShape(16 << 10, (16 << 10) << random.nextInt(3), (8 << 10) << random.nextInt(2));
    SpaceShape space =
        new SpaceShape(
            pageBytes,
            64 << 10,
            (64 << 10) << random.nextInt(3),
            fewNumbers ? 63 : 1 << 20,
            2 + random.nextInt(15),
            (4 << 10) << random.nextInt(4),
            1 + random.nextInt(4),
            4);
    if (manyStreams > 0) {
      space = withStreams(space, manyStreams);
    }
    int split = 8 << random.nextInt(4);
    IndexShape index =
        new IndexShape(4, split, Math.max(4, split >> random.nextInt(2)), 1 + random.nextInt(4));
    return new EngineOptions(
        faults == Faults.FULL ? (700 << 10) + random.nextInt(1 << 20) : ROOMY_BYTES,
        mode,
        1_000_000L << random.nextInt(7),
        (4 << 10) << random.nextInt(6),
        1 << 20,
        (4 << 10) << random.nextInt(5),
        random.nextInt(3) * (128L << 10),
        carriedBytes,
        batches,
        log,
        space,
        index,
        DamagePolicy.FAIL,
        false,
        archive,
        spaceWaitNanos);
  }
}
