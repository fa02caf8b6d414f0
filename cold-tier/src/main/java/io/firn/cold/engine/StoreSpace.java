// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.Rule;
import io.firn.cold.model.TimeSource;
import io.firn.cold.segment.PageStates;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SegmentExpiry;
import io.firn.cold.segment.TableSpace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store as those see it who make its space usable again: mechanisms and figures, no policy.
 * Thread-safe.
 */
public final class StoreSpace {
  private final Engine engine;

  /** Creates the view of a store. */
  public StoreSpace(Engine engine) {
    this.engine = engine;
  }

  /** Returns the tables that exist. */
  public List<Table> tables() {
    return engine.tables();
  }

  /** Returns a table that exists, or null. */
  public @Nullable Table table(int id) {
    return engine.table(id);
  }

  /** Starts an agent, which ends when the handle is closed. */
  public AgentHandle start(Agent agent) {
    return engine.threads().start(agent);
  }

  /** Tells whether a rule is kept; in production each is. */
  public boolean keeps(Rule rule) {
    return engine.threads().keeps(rule);
  }

  /** Returns the source of time. */
  public TimeSource time() {
    return engine.time();
  }

  /** Returns the wall time by which records expire, in milliseconds; it never goes back. */
  public long wallMillis() {
    return engine.wallMillis();
  }

  /** Returns the wall time at which the store was opened, in milliseconds. */
  public long openedMillis() {
    return engine.wall().startMillis();
  }

  /** Returns the bytes of all files. */
  public long usedBytes() {
    return engine.ledger().usedBytes();
  }

  /** Returns what {@link #usedBytes} stays below. */
  public long maximumBytes() {
    return engine.ledger().maximumBytes();
  }

  /** Returns the bytes of records that users have written since the store was opened. */
  public long writtenBytes() {
    long sum = 0;
    for (Table table : engine.tables()) {
      sum += table.counters().putBytes.sum();
    }
    return sum;
  }

  /** Returns the length of a table's data files, in bytes. */
  public long dataBytes(Table table) {
    long sum = 0;
    for (Segment segment : table.space().segments()) {
      sum += fileBytes(segment);
    }
    return sum;
  }

  /** Returns the bytes that new data leaves free for the log, the index and moved records. */
  public long headroomBytes() {
    return engine.relief().headroomBytes();
  }

  /**
   * Returns the bytes that copies of a table's records can take for certain: free pages that stand
   * together, and whole files.
   */
  public long copyBytes(Table table) {
    TableSpace own = table.space();
    long growth =
        Math.min(
            maximumBytes() - usedBytes() - engine.relief().logHeadroomBytes(),
            own.limit() - own.fileBytes());
    long files = Math.max(0, growth) / own.segmentBytes();
    return own.copyRunsBytes() + files * own.segmentBytes();
  }

  /** Returns where writers wait for room, and whom to tell that some is made. */
  public SpacePressure pressure() {
    return engine.pressure();
  }

  /** Returns where jobs keep what they need to go on after a restart. */
  public JobStates jobs() {
    return engine.jobs();
  }

  /** Tells whether the store takes writes and is not healing. */
  public boolean isSound() {
    return !engine.forcer().isBroken();
  }

  /** Wakes the worker that releases what is dead. */
  public void wakeRelease() {
    engine.wakeMaintenance();
  }

  /** Returns what the segments of a table are used for now, ascending by number. */
  public List<SegmentUsage> segments(Table table) {
    List<SegmentUsage> all = new ArrayList<>();
    for (Segment segment : table.space().segments()) {
      if (!segment.isDropped() && !segment.isFailed()) {
        all.add(usage(table, segment));
      }
    }
    return all;
  }

  /**
   * Reads every page of a table and compares it with the index, and the index with the pages, while
   * both are in use. Takes about as long as reading the table's files once.
   *
   * @throws io.firn.cold.model.StoreClosedException if the store is closed
   */
  public VerifyReport verify(Table table) {
    return new Verifier(engine).run(table);
  }

  /**
   * Returns the sealed segments of a table of which reading would tell more of when their records
   * expire, ascending by number; none while the index is still being loaded.
   */
  public List<Integer> unsurveyed(Table table) {
    if (!table.space().isComplete()) {
      return List.of();
    }
    return table.space().segments().stream()
        .filter(segment -> !segment.isDropped() && !segment.isFailed())
        .filter(segment -> segment.expiry().isWorthSurvey() && segment.liveCharge() > 0)
        .filter(segment -> !table.space().pageStates(segment).anyOpen())
        .map(Segment::number)
        .toList();
  }

  private SegmentUsage usage(Table table, Segment segment) {
    PageStates states = table.space().pageStates(segment);
    SegmentExpiry expiry = segment.expiry();
    long live = segment.liveCharge();
    return new SegmentUsage(
        segment.number(),
        segment.path(),
        fileBytes(segment),
        segment.capacity(),
        table.space().layout().pageBytes(),
        states.unusedPages(1),
        states.unusedPages(table.space().longRunPages()),
        live,
        segment.liveRecords(),
        segment.timeBaseMillis(),
        segment.takesSurvivors(),
        segment.streamClass(),
        expiry.latestMillis() == SegmentExpiry.NOTHING
            ? SegmentExpiry.NEVER
            : expiry.latestMillis(),
        expiry.isKnown(),
        Math.min(live, expiry.expiredBytes(wallMillis())),
        states.anyOpen(),
        segment.reads());
  }

  /** Returns the bytes of free pages of a segment that stand together. */
  public static long reusableBytes(Table table, Segment segment) {
    TableSpace own = table.space();
    return (long) own.pageStates(segment).unusedPages(own.longRunPages())
        * own.layout().pageBytes();
  }

  /** Returns the length of a segment's file, in bytes; 0 if it is about to be gone. */
  public static long fileBytes(Segment segment) {
    try {
      return segment.fileBytes();
    } catch (IOException e) {
      return 0; // it was closed meanwhile
    }
  }
}
