// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.JobKind;
import io.firn.compaction.SegmentInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Decides what is done to a table without being asked, most urgent first: make room for writers,
 * give back what has expired, pay the debt of garbage. What lives is evicted only where too little
 * garbage is left to make room of. A pure function.
 */
public final class AutoPlanner {
  /* Garbage is let grow up to a share of the live bytes, because every byte of garbage that a victim
   * holds is a byte that need not be copied. Paying goes on until a lower share is reached, so that
   * it does not start and stop all the time. */

  private static final double GARBAGE_STARTS = 0.30;

  /** Bytes of files for a useful byte that compaction does not go below while others write. */
  public static final double SPACE_TARGET = 1.25;

  private static final double GARBAGE_WORTH_MOVING = 0.10;
  private static final double EXPIRED_SHARE = 0.30;

  /** What expires so soon goes by itself sooner than it would pay to have moved it. */
  private static final long SOON_MILLIS = 5_000;

  /** Of the size of new ones, or larger; of smaller ones as many as have their bytes. */
  private static final int MOST_SEGMENTS = 8;

  private static final int SEGMENTS_TO_MOVE_ON = 2;
  private static final long MOST_BYTES = 512L << 20;
  private static final int EVICT = 400;
  private static final int MAKE_ROOM = 300;
  private static final int EXPIRE = 200;
  private static final int PAY_DEBT = 100;
  private static final int TIDY = 0;

  private final List<SegmentInfo> sealed;
  private final AccessHeat heat;
  private final StoreFacts store;
  private final CompactionConfig config;
  private final long segmentBytes;
  private final long bytes;
  private final long usefulBytes;

  private AutoPlanner(
      List<SegmentInfo> all, StoreFacts store, CompactionConfig config, long segmentBytes) {
    this.sealed = all.stream().filter(each -> each.sealed() && each.liveBytes() > 0).toList();
    this.heat = AccessHeat.among(sealed, store);
    this.store = store;
    this.config = config;
    this.segmentBytes = segmentBytes;
    this.bytes = sum(all, SegmentInfo::bytes);
    this.usefulBytes = sum(all, SegmentInfo::usefulBytes);
  }

  /**
   * Returns the job to start next; none if all is well.
   *
   * @param segments the table's files that no job works at
   * @param segmentBytes the size that new files of the table have
   */
  public static Optional<PlannedJob> plan(
      List<SegmentInfo> segments, StoreFacts store, CompactionConfig config, long segmentBytes) {
    AutoPlanner planner = new AutoPlanner(segments, store, config, segmentBytes);
    return planner
        .makeRoom()
        .or(planner::expire)
        .or(() -> config.autoCompact() ? planner.payDebt() : Optional.empty())
        .or(() -> config.autoCompact() ? planner.tidy() : Optional.empty());
  }

  /**
   * Returns a job that reads when the records of some files expire, to be done before any that is
   * not urgent, as it may find what is; none without files.
   *
   * @param unsurveyed the table's files of which that is not known, and that no job works at
   */
  public static Optional<PlannedJob> survey(List<SegmentInfo> unsurveyed) {
    List<SegmentInfo> some = unsurveyed.stream().limit(MOST_SEGMENTS).toList();
    return some.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PlannedJob(
                JobKind.SURVEY,
                some.stream().map(SegmentInfo::number).toList(),
                sum(some, SegmentInfo::bytes),
                0,
                true,
                PAY_DEBT,
                "expiry of %d files unknown since the restart".formatted(unsurveyed.size())));
  }

  /** Tells whether jobs of a priority are what writers wait for who found no room. */
  public static boolean makesRoom(int priority) {
    return priority >= MAKE_ROOM && priority <= EVICT;
  }

  /** Tells whether jobs of a priority give space back that somebody waits for, or was promised. */
  public static boolean isUrgent(int priority) {
    return priority >= EXPIRE;
  }

  private Optional<PlannedJob> makeRoom() {
    long lacking = store.lackingBytes();
    if (lacking <= 0) {
      return Optional.empty();
    }
    List<SegmentInfo> over = expiredFiles();
    if (!over.isEmpty()) {
      return Optional.of(
          job(
              JobKind.EXPIRY,
              over,
              EVICT,
              "%d bytes of room lacking, %d files expired".formatted(lacking, over.size())));
    }
    List<SegmentInfo> worth = store.stuck() ? List.of() : worthEmptying();
    long garbage = sum(worth, SegmentInfo::lostBytes);
    if (garbage > 0 && garbage >= Math.min(lacking, segmentBytes)) {
      return Optional.of(
          job(
              JobKind.FILES,
              choose(worth, lacking, SegmentInfo::lostBytes),
              MAKE_ROOM,
              "%d bytes of room lacking".formatted(lacking)));
    }
    List<SegmentInfo> oldest =
        sealed.stream()
            .sorted(
                Comparator.comparingLong(SegmentInfo::createdMillis)
                    .thenComparingInt(SegmentInfo::number))
            .toList();
    // Where there is garbage, but no room to move what is between, a little room is enough.
    long enough = store.stuck() ? Math.min(lacking, SEGMENTS_TO_MOVE_ON * segmentBytes) : lacking;
    List<SegmentInfo> evicted = choose(oldest, enough, SegmentInfo::bytes);
    return evicted.isEmpty()
        ? Optional.empty()
        : Optional.of(
            job(
                JobKind.EVICTION,
                evicted,
                EVICT,
                "%d bytes of room lacking, %d of garbage".formatted(lacking, bytes - usefulBytes)));
  }

  /** Files of which all, or much, has expired; those that need not be read first. */
  private Optional<PlannedJob> expire() {
    List<SegmentInfo> over = expiredFiles();
    if (!over.isEmpty()) {
      return Optional.of(
          job(JobKind.EXPIRY, over, EXPIRE, "%d files expired".formatted(over.size())));
    }
    List<SegmentInfo> partly =
        sealed.stream()
            .filter(each -> each.expiredBytes() > EXPIRED_SHARE * each.bytes())
            .filter(this::isWorthMoving)
            .toList();
    List<SegmentInfo> chosen = choose(partly, Long.MAX_VALUE, SegmentInfo::expiredBytes);
    return chosen.isEmpty()
        ? Optional.empty()
        : Optional.of(
            job(
                JobKind.FILES,
                chosen,
                EXPIRE,
                "%d expired bytes".formatted(sum(chosen, SegmentInfo::expiredBytes))));
  }

  private List<SegmentInfo> expiredFiles() {
    return sealed.stream().filter(each -> each.latestExpiryMillis() <= store.nowMillis()).toList();
  }

  private boolean isWorthMoving(SegmentInfo segment) {
    return segment.latestExpiryMillis() == SegmentInfo.NEVER
        || segment.latestExpiryMillis() - store.nowMillis() > SOON_MILLIS;
  }

  private Optional<PlannedJob> payDebt() {
    long allowed = usefulBytes + (long) (usefulBytes * GARBAGE_STARTS) + 2 * segmentBytes;
    long wanted = (long) (usefulBytes * SPACE_TARGET);
    if (bytes <= allowed) {
      return Optional.empty();
    }
    List<SegmentInfo> chosen =
        choose(byBenefit(config.minSpaceSaving(), heat), bytes - wanted, SegmentInfo::garbageBytes);
    return chosen.isEmpty()
        ? Optional.empty()
        : Optional.of(
            job(
                JobKind.FILES,
                chosen,
                PAY_DEBT,
                "%d bytes in files for %d useful ones".formatted(bytes, usefulBytes)));
  }

  /** What can be done when there is enough of it, or when nobody writes. */
  private Optional<PlannedJob> tidy() {
    List<SegmentInfo> dead =
        byBenefit(Math.max(config.deadRowShare(), config.minSpaceSaving()), heat);
    long garbage = sum(dead, SegmentInfo::garbageBytes);
    boolean much =
        dead.size() >= config.compactThresholdFiles() || garbage >= config.compactThresholdBytes();
    boolean pays = bytes > (long) (usefulBytes * SPACE_TARGET);
    if (!dead.isEmpty() && (store.idle() || (much && pays))) {
      List<SegmentInfo> chosen = choose(dead, Long.MAX_VALUE, SegmentInfo::garbageBytes);
      return Optional.of(
          job(
              JobKind.FILES,
              chosen,
              TIDY,
              "%d files with %d bytes of garbage".formatted(dead.size(), garbage)));
    }
    long small = config.effectiveSmallBytes(segmentBytes);
    List<SegmentInfo> smallOnes =
        sealed.stream().filter(each -> each.bytes() < small).filter(this::isWorthMoving).toList();
    return smallOnes.size() < config.compactThresholdFiles()
        ? Optional.empty()
        : Optional.of(
            job(
                JobKind.FILES,
                choose(smallOnes, Long.MAX_VALUE, SegmentInfo::bytes),
                TIDY,
                "%d small files".formatted(smallOnes.size())));
  }

  private List<SegmentInfo> byBenefit(
      double garbageShare, ToDoubleFunction<? super SegmentInfo> reads) {
    return VictimPlanner.rank(sealed, store.nowMillis(), Duration.ZERO, reads).ranked().stream()
        .map(SegmentScore::segment)
        .filter(each -> each.garbageBytes() > garbageShare * each.bytes())
        .filter(this::isWorthMoving)
        .toList();
  }

  /**
   * Files that are worth emptying for room; free pages in them are room as they are. Where room
   * lacks, nothing but room counts, so how often they are read does not.
   */
  private List<SegmentInfo> worthEmptying() {
    return byBenefit(GARBAGE_WORTH_MOVING, file -> 0).stream()
        .filter(each -> each.lostBytes() > GARBAGE_WORTH_MOVING * each.bytes())
        .toList();
  }

  /** Takes from the front until there is enough, or a job would become too large. */
  private List<SegmentInfo> choose(
      List<SegmentInfo> ordered, long enough, ToLongFunction<SegmentInfo> gain) {
    List<SegmentInfo> chosen = new ArrayList<>();
    long gained = 0;
    long taken = 0;
    for (SegmentInfo each : ordered) {
      long bytes = taken + each.bytes();
      boolean fits =
          chosen.isEmpty()
              || (bytes <= MOST_BYTES
                  && (chosen.size() < MOST_SEGMENTS || bytes <= MOST_SEGMENTS * segmentBytes));
      if (gained >= enough || !fits) {
        break;
      }
      chosen.add(each);
      gained += gain.applyAsLong(each);
      taken = bytes;
    }
    return chosen;
  }

  private static PlannedJob job(
      JobKind kind, List<SegmentInfo> chosen, int priority, String reason) {
    return new PlannedJob(
        kind,
        chosen.stream().map(SegmentInfo::number).toList(),
        sum(chosen, SegmentInfo::bytes),
        sum(chosen, kind == JobKind.FILES ? SegmentInfo::garbageBytes : SegmentInfo::bytes),
        kind != JobKind.EXPIRY && priority != EXPIRE,
        priority,
        reason);
  }

  private static long sum(List<SegmentInfo> some, ToLongFunction<SegmentInfo> value) {
    return some.stream().mapToLong(value).sum();
  }
}
