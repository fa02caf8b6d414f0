// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves the live records out of pages that the caller chooses, so that the pages can be used again.
 * A mechanism without policy. Thread-safe; readers and writers are never blocked, and evacuations
 * of different pages may run at the same time.
 *
 * <p>One call is one batch: its copies are forced with one force, in every flush mode, before any
 * entry points to them. What it needs in memory and on disk grows with the live records of the
 * batch, so the caller bounds it.
 */
public final class Evacuator {
  private final Table table;

  /** Creates an evacuator of a table's pages. */
  public Evacuator(Table table) {
    this.table = table;
  }

  /**
   * Moves every live record that touches one of the pages. Pages that are not sealed, or whose
   * segment is gone, are passed over, as all are while the index is still being loaded. If the disk
   * is full, what was copied until then is moved.
   *
   * @param keep decides which live records are kept
   * @param observer hears of every move when it is done, on the caller's thread
   * @throws io.firn.cold.model.DiskFullException if there is no room for a single copy
   * @throws io.firn.cold.model.StoreIoException if a file or the log cannot be written; records
   *     that were not moved stay where they are
   * @throws io.firn.cold.model.StoreClosedException if the store is closed or the table was dropped
   */
  public EvacuationResult evacuate(
      List<PageRun> pages, RecordFilter keep, Consumer<? super RecordMove> observer) {
    return evacuate(pages, false, keep, observer);
  }

  /**
   * Moves every live record out of a segment, into which nothing new is written meanwhile; a
   * segment that is empty then is dropped and its file deleted once nobody can need it. Pages that
   * are being filled stay, and the segment with them. The failures are those of {@link #evacuate}.
   */
  public EvacuationResult retire(
      int segment, RecordFilter keep, Consumer<? super RecordMove> observer) {
    return evacuate(whole(table.space().find(segment)), true, keep, observer);
  }

  /**
   * Removes all entries that point into segments whose records have all expired, by one pass over
   * the index, with logged deletes and without reading a record; a segment that is empty then is
   * dropped and its file deleted once nobody can need it. Segments whose {@link
   * io.firn.cold.segment.SegmentExpiry#latestMillis latest expiry} has not passed are left alone,
   * pages that are being filled or held as well, and everything while the index is still being
   * loaded. Nothing counts as expired here on a wall clock that has jumped ahead of the monotonic
   * one.
   *
   * @throws io.firn.cold.model.DiskFullException if the log has no room; some may be removed
   * @throws io.firn.cold.model.StoreIoException if the log cannot be written; likewise
   * @throws io.firn.cold.model.StoreClosedException if the store is closed or the table was dropped
   */
  public SweepResult sweepExpired(Set<Integer> segments) {
    return sweepExpired(segments, removed -> {});
  }

  /**
   * As {@link #sweepExpired(Set)}.
   *
   * @param observer hears on the caller's thread, after each part of the sweep, how many entries
   *     were removed so far
   */
  public SweepResult sweepExpired(Set<Integer> segments, LongConsumer observer) {
    Engine engine = table.engine();
    int ticket = engine.writers().enter();
    try {
      table.checkOpen();
      return new ExpirySweep(table, segments, observer).run();
    } finally {
      engine.writers().leave(ticket);
      engine.wakeMaintenance();
    }
  }

  /** Returns the table's segments, whose charges say which pages are worth evacuating. */
  public List<Segment> segments() {
    return table.space().segments();
  }

  /**
   * Holds a whole segment for an evacuation in several steps: until it is let go, nothing new is
   * written into it, and none of its pages is used again.
   *
   * @return what is held; no page if the segment is gone
   */
  public HeldSegment hold(int segment) {
    return new HeldSegment(this, table.space().hold(whole(table.space().find(segment)), true));
  }

  /** Begins to read when the records of a segment expire; null if it is gone. */
  public @Nullable ExpirySurvey survey(int segment) {
    Segment found = table.space().find(segment);
    return found == null
        ? null
        : new ExpirySurvey(this, table, found, table.space().hold(whole(found), true));
  }

  private static List<PageRun> whole(@Nullable Segment segment) {
    return segment == null ? List.of() : List.of(new PageRun(segment.number(), 0, segment.pages()));
  }

  /**
   * Moves every live record that touches some pages of segments that are held, as {@link #evacuate}
   * does, and with its failures.
   *
   * @param held {@link HeldSegment#runs} of one segment or several
   */
  public EvacuationResult evacuateHeld(
      List<PageRun> held, RecordFilter keep, Consumer<? super RecordMove> observer) {
    Engine engine = table.engine();
    int ticket = engine.writers().enter();
    try {
      table.checkOpen();
      return new Evacuation(table, held, keep, observer).run();
    } finally {
      engine.writers().leave(ticket);
    }
  }

  void letGo(List<PageRun> held) {
    table.space().letGo(held);
    table.engine().pressure().released(); // what was withheld can be filled again
    table.engine().wakeMaintenance();
  }

  private EvacuationResult evacuate(
      List<PageRun> pages,
      boolean wholeSegments,
      RecordFilter keep,
      Consumer<? super RecordMove> observer) {
    table.checkOpen();
    List<PageRun> held = table.space().hold(pages, wholeSegments);
    if (!table.engine().threads().keeps(Rule.HOLD_WHILE_MOVING)) {
      letGo(held);
      return evacuateHeld(held, keep, observer);
    }
    try {
      return evacuateHeld(held, keep, observer);
    } finally {
      letGo(held);
    }
  }
}
