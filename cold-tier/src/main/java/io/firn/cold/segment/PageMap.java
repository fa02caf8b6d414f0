// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.format.PageLayout;
import io.firn.cold.io.AppendRegion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What each page of a table is used for, where the free ones are, and which extents are open.
 * Thread-safe: everything happens under the space lock, which is never held over I/O.
 */
final class PageMap {
  private final PageLayout layout;
  private final SegmentFiles files;
  private final Lock lock;
  private final FreeSpaceMap free;
  private final Lifespans lifespans;
  private final Deque<Extent> sealable = new ArrayDeque<>();
  private final List<Extent> unsealed = new ArrayList<>();
  private volatile boolean complete = true;
  private volatile long freeBytes;
  private volatile long survivorRunsBytes;
  private volatile long otherRunsBytes;

  PageMap(PageLayout layout, SegmentFiles files, Lock lock, Lifespans lifespans, int longRunPages) {
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.free = new FreeSpaceMap(layout.pageBytes(), longRunPages);
    this.lifespans = lifespans;
  }

  /** Says whether all charges are known; while not, only new segments are filled. */
  void complete(boolean known) {
    complete = known;
  }

  boolean isComplete() {
    return complete;
  }

  /** Returns the bytes of the free pages; without the lock it may be a moment old. */
  long freeBytes() {
    return freeBytes;
  }

  /** Like {@link #freeBytes}, of long runs in the files of survivors or in all others. */
  long longRunsBytes(boolean survivors) {
    return survivors ? survivorRunsBytes : otherRunsBytes;
  }

  /** Returns the figures of the free-space map. */
  FreeSpaceMap.Figures figures() {
    lock.lock();
    try {
      return free.figures();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a new segment, whose pages are all free, and takes the first of them before anyone else
   * can. What kept the segment from being dropped until now does so for the run.
   */
  PageRun addFresh(Segment segment, int pages) {
    lock.lock();
    try {
      free.addSegment(segment.number(), segment.streamClass(), segment.pages());
      return claim(segment, new PageRun(segment.number(), 0, Math.min(pages, segment.pages())));
    } finally {
      lock.unlock();
    }
  }

  /** Adds a segment of an earlier life; its pages count as used until they are found dead. */
  void addUsed(Segment segment) {
    lock.lock();
    try {
      setStates(segment, 0, segment.pages(), Segment.PageState.SEALED);
      segment.hintDead();
      free.addUsedSegment(segment.number(), segment.streamClass(), segment.pages());
    } finally {
      lock.unlock();
    }
  }

  /** Removes a segment that recovery found to be dropped. */
  void remove(Segment segment) {
    lock.lock();
    try {
      removeLocked(segment);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the free pages of a segment away for good: its file has failed. */
  void withhold(Segment segment) {
    lock.lock();
    try {
      if (!segment.isDropped()) {
        removeLocked(segment);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells whether nobody fills a segment, or holds pages of it. */
  boolean isQuiet(Segment segment) {
    lock.lock();
    try {
      return segment.openExtents == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how many pages there are up to the last in use; all while some are being filled. */
  int usedPages(Segment segment) {
    lock.lock();
    try {
      int used = segment.pages();
      while (used > 0
          && segment.openExtents == 0
          && segment.states[used - 1] == Segment.PageState.FREE) {
        used--;
      }
      return used;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a run back that was taken and not filled. */
  void giveBack(Segment segment, PageRun run) {
    lock.lock();
    try {
      setFree(segment, run.firstPage(), run.pages());
    } finally {
      lock.unlock();
    }
    endHold(segment);
  }

  /** Ends what keeps a segment from being dropped while it is created or opened. */
  void endHold(Segment segment) {
    lock.lock();
    try {
      segment.openExtents--;
      segment.hintDead();
    } finally {
      lock.unlock();
    }
  }

  private void removeLocked(Segment segment) {
    if (!free.contains(segment.number())) {
      return;
    }
    free.removeSegment(segment.number());
    count();
  }

  /** Forgets a segment whose file was deleted. */
  void forget(Segment segment, long dropLsn) {
    lock.lock();
    try {
      files.forget(segment, dropLsn);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a long run of free pages of segments of a class, of the preferred one while it has one.
   *
   * @param atLeast fewer pages are not taken
   * @param neededBytes what the run must hold; shorter ones are not taken
   * @param keepFreeBytes nothing is taken unless so many bytes of long runs are left
   */
  @Nullable PageRun takeOwn(
      int streamClass, int preferred, int pages, int atLeast, int neededBytes, long keepFreeBytes) {
    lock.lock();
    try {
      PageRun run = free.longRunOf(streamClass, preferred, atLeast);
      if (run == null || !holds(run, neededBytes) || (!complete && run.segment() != preferred)) {
        return null;
      }
      return take(run, pages, keepFreeBytes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a run of free pages of any segment, one of the longest, or a short one if the long ones
   * are to be kept; like {@link #takeOwn}.
   */
  @Nullable PageRun takeAny(int preferred, int pages, int neededBytes, long keepFreeBytes) {
    lock.lock();
    try {
      PageRun run = find(preferred, pages, neededBytes);
      PageRun taken = run == null ? null : take(run, pages, keepFreeBytes);
      return taken == null && run != null ? takeShort(pages, neededBytes) : taken;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable PageRun takeShort(int pages, int neededBytes) {
    int dataPerPage = layout.pageBytes() - PageLayout.PAGE_HEADER_BYTES;
    PageRun run = complete ? free.findBestFit(neededBytes / dataPerPage + 1) : null;
    return run != null && holds(run, neededBytes) ? take(run, pages, Long.MAX_VALUE) : null;
  }

  private @Nullable PageRun take(PageRun run, int pages, long keepFreeBytes) {
    PageRun taken = new PageRun(run.segment(), run.firstPage(), Math.min(run.pages(), pages));
    if (!free.leavesLongRuns(run, taken.pages(), keepFreeBytes)) {
      return null;
    }
    Segment segment = files.any(taken.segment());
    if (segment == null) {
      throw new IllegalStateException("free pages in unknown segment " + taken.segment());
    }
    segment.openExtents++;
    return claim(segment, taken);
  }

  private PageRun claim(Segment segment, PageRun run) {
    free.claim(run);
    count();
    segment.timesTaken++;
    setStates(segment, run.firstPage(), run.pages(), Segment.PageState.OPEN);
    segment.born(run.firstPage(), run.pages(), lifespans.now());
    return run;
  }

  /** While not all charges are known, only the segment goes on that this life began to fill. */
  private @Nullable PageRun find(int preferred, int pages, int neededBytes) {
    PageRun run = null;
    if (complete) {
      run = free.longestRun();
      run = holds(run, neededBytes) ? run : free.largestFree(preferred);
      run = holds(run, neededBytes) ? run : free.findBestFit(pages);
    } else if (preferred != 0) {
      run = free.largestFree(preferred);
      run = run != null && run.segment() == preferred ? run : null;
    }
    return holds(run, neededBytes) ? run : null;
  }

  private boolean holds(@Nullable PageRun run, int neededBytes) {
    return run != null && layout.dataBytes(run.firstPage(), run.pages()) >= neededBytes;
  }

  /** Notes an extent that is being filled. */
  void opened(Extent extent) {
    lock.lock();
    try {
      unsealed.add(extent);
    } finally {
      lock.unlock();
    }
  }

  /** Closes an extent: gives the pages back that were never used. */
  void close(Extent extent) {
    lock.lock();
    try {
      int pagesBefore = extent.pages();
      int firstUnused = extent.close();
      int unused = extent.firstPage() + pagesBefore - firstUnused;
      if (unused > 0) {
        setFree(extent.segment(), firstUnused, unused);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Notes that an extent was closed and every claim in it has ended. */
  void addSealable(Extent extent) {
    lock.lock();
    try {
      sealable.add(extent);
    } finally {
      lock.unlock();
    }
  }

  @Nullable Extent takeSealable() {
    lock.lock();
    try {
      return sealable.poll();
    } finally {
      lock.unlock();
    }
  }

  /** Notes that the pages of an extent are sealed. */
  void sealed(Extent extent) {
    lock.lock();
    try {
      Segment segment = extent.segment();
      setStates(segment, extent.firstPage(), extent.pages(), Segment.PageState.SEALED);
      unsealed.remove(extent);
      segment.openExtents--;
      segment.hintDead();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the runs of pages that are being filled, or were and are not sealed yet. */
  List<PageRun> unsealedExtents() {
    lock.lock();
    try {
      List<PageRun> runs = new ArrayList<>();
      for (Extent extent : unsealed) {
        if (extent.pages() > 0) {
          runs.add(new PageRun(extent.segment().number(), extent.firstPage(), extent.pages()));
        }
      }
      return runs;
    } finally {
      lock.unlock();
    }
  }

  /** What of a segment is dead: all of it, or some runs of its pages. */
  record Dead(boolean whole, List<PageRun> runs) {}

  /** Takes what is dead in a segment out of use, for its release later. */
  Dead takeDead(Segment segment) {
    lock.lock();
    try {
      if (segment.openExtents == 0 && segment.liveCharge() == 0) {
        setStates(segment, 0, segment.pages(), Segment.PageState.WAITING);
        removeLocked(segment);
        return new Dead(true, List.of());
      }
      return new Dead(false, takeDeadRuns(segment));
    } finally {
      lock.unlock();
    }
  }

  private List<PageRun> takeDeadRuns(Segment segment) {
    List<PageRun> runs = new ArrayList<>();
    int start = -1;
    for (int p = 0; p <= segment.pages(); p++) {
      boolean dead =
          p < segment.pages()
              && segment.states[p] == Segment.PageState.SEALED
              && segment.pageCharge(p) == 0;
      if (dead && start < 0) {
        start = p;
      } else if (!dead && start >= 0) {
        setStates(segment, start, p - start, Segment.PageState.WAITING);
        runs.add(new PageRun(segment.number(), start, p - start));
        start = -1;
      }
    }
    return runs;
  }

  /**
   * Holds the sealed pages of a run, so that they are not released while their records are moved,
   * and their segment is neither dropped nor unmapped.
   *
   * @param wholeSegment whether free pages are withheld as well, so that nothing new is written
   *     there
   * @return the runs that are held; each goes to {@link #letGo}
   */
  List<PageRun> hold(PageRun wanted, boolean wholeSegment) {
    lock.lock();
    try {
      List<PageRun> held = new ArrayList<>();
      Segment segment = files.find(wanted.segment());
      if (segment == null || !complete || !free.contains(wanted.segment())) {
        return held;
      }
      int end = Math.min(wanted.endPage(), segment.pages());
      int start = -1;
      for (int p = wanted.firstPage(); p <= end; p++) {
        boolean holds = p < end && hold(segment, p, wholeSegment);
        if (holds && start < 0) {
          start = p;
        } else if (!holds && start >= 0) {
          held.add(new PageRun(segment.number(), start, p - start));
          segment.openExtents++;
          start = -1;
        }
      }
      return held;
    } finally {
      lock.unlock();
    }
  }

  private boolean hold(Segment segment, int page, boolean withFree) {
    Segment.PageState state = segment.states[page];
    if (state == Segment.PageState.FREE && withFree) {
      free.claim(new PageRun(segment.number(), page, 1));
      count();
    } else if (state != Segment.PageState.SEALED) {
      return false;
    }
    segment.states[page] = Segment.PageState.EVACUATING;
    return true;
  }

  /** Ends the hold of a run; what of it has no live record any more is found dead. */
  void letGo(PageRun run) {
    lock.lock();
    try {
      Segment segment = files.any(run.segment());
      if (segment != null) {
        setStates(segment, run.firstPage(), run.pages(), Segment.PageState.SEALED);
        segment.openExtents--;
        segment.hintDead();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells whether the records of a page can be read: it is sealed and not given up. */
  boolean isSealed(Segment segment, int page) {
    lock.lock();
    try {
      Segment.PageState state = segment.states[page];
      return state == Segment.PageState.SEALED || state == Segment.PageState.EVACUATING;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what the pages of a segment are used for now. */
  PageStates states(Segment segment) {
    lock.lock();
    try {
      return PageStates.of(free, segment);
    } finally {
      lock.unlock();
    }
  }

  /** Makes pages free again that waited for their release. */
  void release(Segment segment, int firstPage, int pages) {
    lock.lock();
    try {
      if (!segment.isDropped() && free.contains(segment.number())) {
        setFree(segment, firstPage, pages);
        segment.hintDead();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes a segment's region away from readers unless it is held; null if it has none. */
  @Nullable AppendRegion takeUnusedRegion(Segment segment) {
    lock.lock();
    try {
      return segment.openExtents > 0 || segment.isDropped() ? null : segment.takeReadRegion();
    } finally {
      lock.unlock();
    }
  }

  private static void setStates(Segment segment, int first, int pages, Segment.PageState state) {
    for (int p = first; p < first + pages; p++) {
      segment.states[p] = state;
    }
  }

  private void setFree(Segment segment, int first, int pages) {
    setStates(segment, first, pages, Segment.PageState.FREE);
    if (free.contains(segment.number())) {
      free.free(segment.number(), first, pages);
      count();
    }
  }

  private void count() {
    freeBytes = free.freeBytes();
    survivorRunsBytes = free.longRunsBytes(true);
    otherRunsBytes = free.longRunsBytes(false);
  }
}
