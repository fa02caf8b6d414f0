// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.Disk;
import io.firn.cold.model.Loggers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;

/**
 * Does for a table's space what nobody waits for: seals extents, finds what is dead, and releases
 * it when nobody can need it any more. Called by a worker, and by a writer that lacks space; one at
 * a time.
 */
public final class SpaceWorker {
  /* Release: what was found dead waits, with the log's end and the readers' stamp of that moment,
   * until a mark at or above that end was itself forced and those readers have left. No checkpoint is
   * needed, because redo up to the mark reads frames only. */

  /** The distance of the LSN just above a frame's own. */
  private static final long LSN_UNIT = 8;

  private static final int CALLS_BETWEEN_RETRIES = 20;
  private static final Logger LOG = Loggers.of(SpaceWorker.class);

  private final TableSpace space;
  private final Disk disk;
  private final Threads threads;
  private final SpaceJournal journal;
  private final Lock turn;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final List<Segment> undropped = new ArrayList<>();
  private final List<Waiting> undeleted = new ArrayList<>();
  private int callsSinceRetry;
  private final Deque<Unmapping> unmapping = new ArrayDeque<>();

  /** Pages, or a whole segment if there are none, that are dead and wait for their release. */
  private record Waiting(Segment segment, int firstPage, int pages, long lsn, long stamp) {}

  private record Unmapping(AppendRegion region, long stamp) {}

  /** Creates the worker of a table's space. */
  public SpaceWorker(TableSpace space, Disk disk, Threads threads, SpaceJournal journal) {
    this.space = space;
    this.disk = disk;
    this.threads = threads;
    this.journal = journal;
    this.turn = threads.newLock("space worker " + space.tableId());
  }

  /** Seals what can be sealed, finds and releases what is dead; returns how much was done. */
  public int work() throws IOException {
    turn.lock();
    try {
      return sealReady() + findDead() + unmap() + release();
    } finally {
      turn.unlock();
    }
  }

  /** Returns the LSN that a forced mark must reach before more can be released; 0 if none waits. */
  public long awaitedLsn() {
    turn.lock();
    try {
      Waiting last = waiting.peekLast();
      return last == null || last.lsn <= journal.releaseLsn() ? 0 : last.lsn;
    } finally {
      turn.unlock();
    }
  }

  /** Tells whether something is not released only because readers of before may still be inside. */
  public boolean awaitsReaders() {
    turn.lock();
    try {
      Waiting next = waiting.peek();
      return next != null && next.lsn <= journal.releaseLsn() && !journal.readersLeft(next.stamp);
    } finally {
      turn.unlock();
    }
  }

  private int sealReady() throws IOException {
    int sealed = 0;
    for (Extent extent = space.pages().takeSealable();
        extent != null;
        extent = space.pages().takeSealable()) {
      boolean done = false;
      try {
        seal(extent);
        done = true;
      } finally {
        if (!done) {
          space.pages().addSealable(extent);
        }
      }
      sealed++;
    }
    return sealed;
  }

  private void seal(Extent extent) throws IOException {
    Segment segment = extent.segment();
    segment.closeFinishedWindows();
    if (!segment.isFailed() && extent.seal()) {
      journal.dirty(segment);
    }
    journal.extentSealed(segment, extent.firstPage(), extent.pages());
    space.pages().sealed(extent);
  }

  /**
   * Makes sure that nobody fills a segment any more whose file has failed.
   *
   * @return whether all that was ever claimed in it has ended
   */
  public boolean retire(Segment segment) throws IOException {
    space.pages().withhold(segment);
    space.closeStreams();
    int unused = work();
    return space.pages().isQuiet(segment);
  }

  /**
   * Cuts the unused ends of files that nobody fills: takes them out of memory first, and cuts once
   * nobody can be reading there.
   *
   * @return whether nothing is left to do
   */
  public boolean cutIdleEnds() throws IOException {
    turn.lock();
    try {
      for (Segment segment : space.segments()) {
        if (segment.readRegion() != null && space.pages().usedPages(segment) < segment.pages()) {
          long unused = unmapLater(segment);
        }
      }
      if (!unmapping.isEmpty()) {
        return false;
      }
    } finally {
      turn.unlock();
    }
    space.inOpenTurn(this::cutUnmapped);
    return true;
  }

  /** Cuts the unused ends of all files; nobody reads or writes any more. */
  public void cutEnds() throws IOException {
    for (Segment segment : space.segments()) {
      segment.closeReadRegion();
    }
    space.inOpenTurn(this::cutUnmapped);
  }

  /** In the open turn, so that nobody begins to fill what is being cut. */
  private void cutUnmapped() throws IOException {
    turn.lock();
    try {
      for (Segment segment : space.segments()) {
        int used = Math.max(1, space.pages().usedPages(segment));
        long bytes = used * (long) space.layout().pageBytes();
        if (segment.readRegion() == null && !segment.isDropped() && bytes < segment.file().size()) {
          segment.file().truncate(bytes);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  private int findDead() {
    if (!space.isComplete()) {
      return 0;
    }
    int found = 0;
    for (Segment segment : new ArrayList<>(undropped)) {
      undropped.remove(segment);
      found += drop(segment);
    }
    for (Segment segment : space.segments()) {
      if (!segment.isDropped() && segment.takeDeadHint()) {
        found += findDeadIn(segment);
      }
    }
    return found;
  }

  private int findDeadIn(Segment segment) {
    PageMap.Dead dead = space.pages().takeDead(segment);
    if (dead.whole()) {
      return drop(segment);
    }
    // Both after the look at the charges: what made a page dead lies below the end read now.
    long lsn = journal.endLsn();
    long stamp = journal.readerStamp();
    for (PageRun run : dead.runs()) {
      waiting.add(new Waiting(segment, run.firstPage(), run.pages(), lsn, stamp));
    }
    if (!dead.runs().isEmpty()) {
      threads.step(Step.DEAD);
    }
    return dead.runs().size();
  }

  /** Drops a segment that nothing points into; retried later if it cannot be logged. */
  private int drop(Segment segment) {
    long lsn;
    try {
      lsn = journal.segmentDropped(segment.number());
    } catch (RuntimeException e) {
      undropped.add(segment);
      return 0;
    }
    segment.drop(lsn + LSN_UNIT);
    threads.step(Step.DROPPED);
    waiting.add(new Waiting(segment, 0, 0, segment.dropLsn(), journal.readerStamp()));
    return 1;
  }

  private int release() {
    int released = deleteAgain();
    while (!waiting.isEmpty() && mayRelease(waiting.peek())) {
      Waiting dead = waiting.remove();
      threads.step(Step.RELEASE);
      if (dead.pages == 0) {
        boolean unusedDeleted = delete(dead);
      } else {
        space.pages().release(dead.segment, dead.firstPage, dead.pages);
      }
      released++;
    }
    if (released > 0) {
      journal.pagesReleased();
    }
    return released;
  }

  private boolean mayRelease(Waiting dead) {
    return dead.lsn <= journal.releaseLsn()
        && (journal.readersLeft(dead.stamp) || !threads.keeps(Rule.RELEASE_AFTER_EPOCHS));
  }

  /** Deletes a file; one that cannot be deleted yet is listed and tried again later. */
  private boolean delete(Waiting dead) {
    Segment segment = dead.segment;
    try {
      int unusedClosed = unmap(); // no file is cut that is still mapped
      journal.betweenForces(segment::retire);
      disk.delete(segment.path());
    } catch (IOException e) {
      if (!undeleted.contains(dead)) {
        undeleted.add(dead);
        LOG.warn("{} cannot be deleted yet, and is tried again", segment.path(), e);
      }
      return false;
    }
    space.account().release(segment.capacity());
    space.pages().forget(segment, dead.lsn);
    return true;
  }

  private int deleteAgain() {
    if (undeleted.isEmpty() || ++callsSinceRetry < CALLS_BETWEEN_RETRIES) {
      return 0;
    }
    callsSinceRetry = 0;
    int before = undeleted.size();
    undeleted.removeIf(this::delete);
    return before - undeleted.size();
  }

  /** Returns the paths of the files that should be gone and cannot be deleted yet. */
  public List<String> undeleted() {
    turn.lock();
    try {
      return undeleted.stream().map(each -> each.segment.path()).toList();
    } finally {
      turn.unlock();
    }
  }

  /** Maps the newest segments for readers, up to a number of bytes. */
  public void mapForReading(long maximumBytes) throws IOException {
    long mapped = 0;
    List<Segment> all = space.segments();
    for (int i = all.size() - 1; i >= 0; i--) {
      mapped += all.get(i).capacity();
      if (mapped > maximumBytes || !all.get(i).mapForReading()) {
        return;
      }
    }
  }

  /** Unmaps the oldest segments that nobody fills until at most this many bytes are mapped. */
  public void limitMapped(long maximumBytes) {
    turn.lock();
    try {
      long mapped = 0;
      List<Segment> all = space.segments();
      for (Segment segment : all) {
        mapped += segment.readRegion() == null ? 0 : segment.capacity();
      }
      for (int i = 0; i < all.size() && mapped > maximumBytes; i++) {
        mapped -= unmapLater(all.get(i));
      }
    } finally {
      turn.unlock();
    }
  }

  private long unmapLater(Segment segment) {
    AppendRegion region = space.pages().takeUnusedRegion(segment);
    if (region == null) {
      return 0;
    }
    unmapping.add(new Unmapping(region, journal.readerStamp()));
    return segment.capacity();
  }

  /** Unmaps what still waits for it; nobody may be reading any more. */
  public void close() throws IOException {
    turn.lock();
    try {
      for (Unmapping last = unmapping.poll(); last != null; last = unmapping.poll()) {
        last.region.close();
      }
    } finally {
      turn.unlock();
    }
  }

  private int unmap() {
    int closed = 0;
    while (!unmapping.isEmpty() && journal.readersLeft(unmapping.peek().stamp)) {
      unmapping.remove().region.close();
      closed++;
    }
    return closed;
  }
}
