// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.segment.SegmentSpace.Run;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the free pages of a table's segments are, and which pages and segments hold most
 * reclaimable bytes. Not thread-safe: its owner locks.
 *
 * <p>A page is free or in use. Free neighbours always form one run. A page in use may have
 * reclaimable bytes: those of records that are dead.
 */
public final class FreeSpaceMap {
  /* Runs, segments and pages hang in lists by size category (SizeCategories), 256 of them with a bitmap
   * of those that are not empty, so each lookup is a few instructions whatever the size of the store. The
   * price is that sizes of one category count as equal: above 15 pages or bytes they differ by up to
   * 12.5 %. Runs of segments whose free pages are in one piece have lists of their own, which are asked
   * first: filling such a segment makes a long run of writes and leaves nothing behind. Each run is also
   * in a list of its segment's class, where a stream looks for pages of its own.
   *
   * Memory per page: a reference, a bit, and 12 bytes in segments that have reclaimable bytes. */

  private final int pageBytes;
  private final int longRunPages;
  private final Map<Integer, SegmentSpace> segments = new HashMap<>();
  private final CategoryLists<Run> wholeRuns = new CategoryLists<>();
  private final CategoryLists<Run> scatteredRuns = new CategoryLists<>();
  private final Map<Integer, CategoryLists<Run>> runsByClass = new HashMap<>();
  private final CategoryLists<SegmentSpace> byFreePages = new CategoryLists<>();
  private final CategoryLists<SegmentSpace> byDeadBytes = new CategoryLists<>();
  private final CategoryLists<SegmentSpace> byDeadestPage = new CategoryLists<>();
  private long totalPages;
  private long freePages;

  /** The free pages in long runs, of files of new records and of those of survivors. */
  private final long[] longRunsPages = new long[2];

  private long reclaimableBytes;

  /**
   * The map in figures.
   *
   * @param totalBytes bytes of all pages
   * @param totalFreeBytes bytes of the free pages
   * @param largestContiguousBytes bytes of the longest run of free pages
   * @param reclaimableBytes dead bytes in pages in use
   * @param averageUtilisation live bytes as a share of all bytes, 0 to 1; 0 without pages
   * @param fragmentation the share of the free bytes that lies outside the longest run of its
   *     segment, 0 to 1; 0 without free pages
   */
  public record Figures(
      long totalBytes,
      long totalFreeBytes,
      long largestContiguousBytes,
      long reclaimableBytes,
      double averageUtilisation,
      double fragmentation) {}

  /** Creates a map without segments for pages of this size, in which every run counts as long. */
  public FreeSpaceMap(int pageBytes) {
    this(pageBytes, 1);
  }

  /**
   * Creates a map without segments.
   *
   * @param pageBytes the size of a page
   * @param longRunPages from how many pages on a run counts as long
   */
  FreeSpaceMap(int pageBytes, int longRunPages) {
    this.pageBytes = pageBytes;
    this.longRunPages = longRunPages;
  }

  /**
   * Adds a segment of a class whose pages are all free.
   *
   * @throws IllegalArgumentException if it is there already or has no page
   */
  public void addSegment(int segment, int streamClass, int pages) {
    addUsedSegment(segment, streamClass, pages);
    free(segment, 0, pages);
  }

  /**
   * Adds a segment of a class whose pages are all in use.
   *
   * @throws IllegalArgumentException if it is there already or has no page
   */
  public void addUsedSegment(int segment, int streamClass, int pages) {
    if (segment < 0 || pages < 1 || segments.containsKey(segment)) {
      throw new IllegalArgumentException("segment " + segment + " with " + pages + " pages");
    }
    CategoryLists<Run> runsOfClass =
        runsByClass.computeIfAbsent(streamClass, unused -> new CategoryLists<>());
    segments.put(
        segment, new SegmentSpace(segment, pages, runsOfClass, streamClass >= Stream.SURVIVORS));
    totalPages += pages;
  }

  /**
   * Removes a segment with whatever is in it.
   *
   * @throws IllegalArgumentException if it is not there
   */
  public void removeSegment(int segment) {
    SegmentSpace space = space(segment);
    space.leaveLists();
    for (Run run = space.firstRun(); run != null; run = space.after(run)) {
      countLong(run, -run.pages);
    }
    totalPages -= space.pages;
    freePages -= space.freePages();
    reclaimableBytes -= space.dead.total();
    segments.remove(segment);
  }

  /** Returns whether a segment is there. */
  public boolean contains(int segment) {
    return segments.containsKey(segment);
  }

  /**
   * Makes pages free, and with them their reclaimable bytes.
   *
   * @throws IllegalArgumentException if one is free already
   * @throws IndexOutOfBoundsException if one does not exist
   */
  public void free(int segment, int firstPage, int pages) {
    SegmentSpace space = checked(segment, firstPage, pages);
    if (space.anyFree(firstPage, pages)) {
      throw new IllegalArgumentException(
          "free already: segment " + segment + ", page " + firstPage + ", pages " + pages);
    }
    for (int page = firstPage; page < firstPage + pages; page++) {
      setDead(space, page, 0);
    }
    int from = firstPage;
    int end = firstPage + pages;
    Run left = space.endingBefore(from);
    if (left != null) {
      remove(space, left);
      from = left.firstPage;
    }
    Run right = space.startingAt(end);
    if (right != null) {
      remove(space, right);
      end = right.firstPage + right.pages;
    }
    add(space, from, end - from);
    freePages += pages;
    replace(space);
  }

  /**
   * Puts free pages into use.
   *
   * @throws IllegalArgumentException if one of them is not free
   * @throws IndexOutOfBoundsException if one of them does not exist
   */
  public void claim(PageRun wanted) {
    SegmentSpace space = checked(wanted.segment(), wanted.firstPage(), wanted.pages());
    Run run = space.containing(wanted.firstPage(), wanted.pages());
    if (run == null) {
      throw new IllegalArgumentException("not free: " + wanted);
    }
    remove(space, run);
    if (run.firstPage < wanted.firstPage()) {
      add(space, run.firstPage, wanted.firstPage() - run.firstPage);
    }
    int end = run.firstPage + run.pages;
    if (wanted.endPage() < end) {
      add(space, wanted.endPage(), end - wanted.endPage());
    }
    freePages -= wanted.pages();
    replace(space);
  }

  /**
   * Returns a run of free pages that is long enough and little longer, or null if there is none
   * surely long enough. Segments whose free pages are in one piece come first. Nothing is claimed;
   * the caller claims the pages that it uses, from the first on.
   */
  public @Nullable PageRun findBestFit(int pages) {
    if (pages < 1) {
      throw new IllegalArgumentException("pages " + pages);
    }
    Run found = wholeRuns.atLeast(pages);
    if (found == null) {
      found = scatteredRuns.atLeast(pages);
    }
    if (found == null) {
      found = longEnough(wholeRuns.near(pages), pages);
    }
    if (found == null) {
      found = longEnough(scatteredRuns.near(pages), pages);
    }
    return found == null ? null : found.toPageRun();
  }

  private void add(SegmentSpace space, int firstPage, int pages) {
    countLong(space.add(firstPage, pages), pages);
  }

  private void remove(SegmentSpace space, Run run) {
    space.remove(run);
    countLong(run, -run.pages);
  }

  private void countLong(Run run, int pages) {
    if (run.pages >= longRunPages) {
      longRunsPages[run.segment.survivors ? 1 : 0] += pages;
    }
  }

  /** Returns the bytes of the free pages. */
  long freeBytes() {
    return freePages * pageBytes;
  }

  /**
   * Returns the bytes of the free pages that stand in long runs.
   *
   * @param survivors whether in the files of survivors, or in all others
   */
  long longRunsBytes(boolean survivors) {
    return longRunsPages[survivors ? 1 : 0] * pageBytes;
  }

  /**
   * Tells whether so many bytes stand in long runs once the first pages of a run are taken; a short
   * run takes nothing away from them.
   */
  boolean leavesLongRuns(PageRun run, int taken, long bytes) {
    if (run.pages() < longRunPages) {
      return true;
    }
    int lost = run.pages() - taken < longRunPages ? run.pages() : taken;
    return (longRunsPages[0] + longRunsPages[1] - lost) * pageBytes >= bytes;
  }

  private static @Nullable Run longEnough(@Nullable Run run, int pages) {
    return run != null && run.pages >= pages ? run : null;
  }

  /**
   * Returns the longest run of free pages of the preferred segment or, if that has none or is not
   * there, of a segment with most free pages; null if no page is free. Takes time in proportion to
   * the runs of one segment.
   */
  public @Nullable PageRun largestFree(int preferredSegment) {
    SegmentSpace space = segments.get(preferredSegment);
    if (space == null || space.freePages() == 0) {
      space = byFreePages.largest();
    }
    Run run = space == null ? null : space.largestRun();
    return run == null ? null : run.toPageRun();
  }

  /**
   * Returns a long run of free pages of segments of a class: of the preferred one if it is of that
   * class, else one of the longest. Null if none has so many pages.
   */
  public @Nullable PageRun longRunOf(int streamClass, int preferredSegment, int atLeast) {
    CategoryLists<Run> runs = runsByClass.get(streamClass);
    if (runs == null) {
      return null;
    }
    SegmentSpace preferred = segments.get(preferredSegment);
    Run run = preferred == null || preferred.runsOfClass != runs ? null : preferred.largestRun();
    if (longEnough(run, atLeast) == null) {
      run = longEnough(runs.largest(), atLeast);
    }
    return run == null ? null : run.toPageRun();
  }

  /** Returns one of the longest runs of free pages of all segments; null if no page is free. */
  public @Nullable PageRun longestRun() {
    Run whole = wholeRuns.largest();
    Run scattered = scatteredRuns.largest();
    Run run =
        whole == null || (scattered != null && scattered.pages > whole.pages) ? scattered : whole;
    return run == null ? null : run.toPageRun();
  }

  /** Returns whether a page is free. */
  public boolean isFree(int segment, int page) {
    return checked(segment, page, 1).anyFree(page, 1);
  }

  /** Returns how many pages of a segment are free. */
  public int freePages(int segment) {
    return space(segment).freePages();
  }

  /**
   * Sets the reclaimable bytes of a page in use.
   *
   * @throws IllegalArgumentException if the page is free or bytes are negative or above a page's
   * @throws IndexOutOfBoundsException if the page does not exist
   */
  public void setReclaimable(int segment, int page, int bytes) {
    SegmentSpace space = checked(segment, page, 1);
    if (bytes < 0 || bytes > pageBytes || space.anyFree(page, 1)) {
      throw new IllegalArgumentException(
          bytes + " reclaimable bytes in segment " + segment + ", page " + page);
    }
    setDead(space, page, bytes);
  }

  private void setDead(SegmentSpace space, int page, int bytes) {
    int before = space.dead.bytes(page);
    if (bytes == before) {
      return;
    }
    space.dead.set(page, bytes);
    reclaimableBytes += bytes - before;
    byDeadBytes.place(space.byDeadBytes, (int) Math.min(Integer.MAX_VALUE, space.dead.total()));
    int deadest = space.dead.mostReclaimable();
    byDeadestPage.place(space.byDeadestPage, deadest < 0 ? 0 : space.dead.bytes(deadest));
  }

  /** Returns the reclaimable bytes of a page, 0 if it is free. */
  public int reclaimableBytes(int segment, int page) {
    return checked(segment, page, 1).dead.bytes(page);
  }

  /** Returns the reclaimable bytes of a segment. */
  public long reclaimableBytes(int segment) {
    return space(segment).dead.total();
  }

  /** Returns the number of a segment with most reclaimable bytes, or -1 if there are none. */
  public int mostReclaimableSegment() {
    SegmentSpace space = byDeadBytes.largest();
    return space == null ? -1 : space.number;
  }

  /** Returns a page with most reclaimable bytes, as a run of one, or null if there are none. */
  public @Nullable PageRun mostReclaimablePage() {
    SegmentSpace space = byDeadestPage.largest();
    return space == null ? null : new PageRun(space.number, space.dead.mostReclaimable(), 1);
  }

  /** Returns the map in figures; takes time in proportion to the number of runs. */
  public Figures figures() {
    long longest = 0;
    long inLongest = 0;
    for (SegmentSpace space : segments.values()) {
      Run run = space.largestRun();
      if (run != null) {
        longest = Math.max(longest, run.pages);
        inLongest += run.pages;
      }
    }
    long totalBytes = totalPages * pageBytes;
    long freeBytes = freePages * pageBytes;
    double live = totalBytes - freeBytes - (double) reclaimableBytes;
    return new Figures(
        totalBytes,
        freeBytes,
        longest * pageBytes,
        reclaimableBytes,
        totalBytes == 0 ? 0 : live / totalBytes,
        freePages == 0 ? 0 : 1 - (double) inLongest / freePages);
  }

  /** Brings the segment's runs into the lists that its state wants; at most three have changed. */
  private void replace(SegmentSpace space) {
    byFreePages.place(space.byFreePages, space.freePages());
    CategoryLists<Run> lists = space.isFragmented() ? scatteredRuns : wholeRuns;
    Run run = space.firstRun();
    for (int i = 0; i < SegmentSpace.RECENT_RUNS && run != null; i++) {
      lists.place(run.place, run.pages);
      space.runsOfClass.place(run.placeInClass, run.pages);
      run = space.after(run);
    }
  }

  private SegmentSpace space(int segment) {
    SegmentSpace space = segments.get(segment);
    if (space == null) {
      throw new IllegalArgumentException("no segment " + segment);
    }
    return space;
  }

  private SegmentSpace checked(int segment, int firstPage, int pages) {
    SegmentSpace space = space(segment);
    Objects.checkFromIndexSize(firstPage, pages, space.pages);
    return space;
  }
}
