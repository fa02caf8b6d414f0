// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The free runs of one segment and its places in the lists over all segments. */
final class SegmentSpace {
  /** A maximal run of free pages. */
  static final class Run {
    final SegmentSpace segment;
    final int firstPage;
    final int pages;
    final CategoryLists.Node<Run> place = new CategoryLists.Node<>(this);
    final CategoryLists.Node<Run> placeInClass = new CategoryLists.Node<>(this);
    private @Nullable Run previous;
    private @Nullable Run next;

    Run(SegmentSpace segment, int firstPage, int pages) {
      this.segment = segment;
      this.firstPage = firstPage;
      this.pages = pages;
    }

    void leaveLists() {
      place.remove();
      placeInClass.remove();
    }

    PageRun toPageRun() {
      return new PageRun(segment.number, firstPage, pages);
    }
  }

  /** An operation adds at most two runs, in front; a third may be one that was alone before. */
  static final int RECENT_RUNS = 3;

  final int number;
  final int pages;

  /** The runs of the segments of the same class. */
  final CategoryLists<Run> runsOfClass;

  /** Whether it takes survivors. */
  final boolean survivors;

  final DeadPages dead;
  final CategoryLists.Node<SegmentSpace> byFreePages = new CategoryLists.Node<>(this);
  final CategoryLists.Node<SegmentSpace> byDeadBytes = new CategoryLists.Node<>(this);
  final CategoryLists.Node<SegmentSpace> byDeadestPage = new CategoryLists.Node<>(this);

  /* A run stands at its first and at its last page, so that a freed neighbour finds it. */
  private final @Nullable Run[] edges;
  private final BitSet free = new BitSet();
  private @Nullable Run runs;
  private int runCount;
  private int freePages;

  SegmentSpace(int number, int pages, CategoryLists<Run> runsOfClass, boolean survivors) {
    this.number = number;
    this.pages = pages;
    this.runsOfClass = runsOfClass;
    this.survivors = survivors;
    this.dead = new DeadPages(pages);
    this.edges = new Run[pages];
  }

  int freePages() {
    return freePages;
  }

  boolean isFragmented() {
    return runCount > 1;
  }

  @Nullable Run firstRun() {
    return runs;
  }

  @Nullable Run after(Run run) {
    return run.next;
  }

  @Nullable Run endingBefore(int page) {
    return page == 0 ? null : edges[page - 1];
  }

  @Nullable Run startingAt(int page) {
    return page == pages ? null : edges[page];
  }

  /** Returns the run that contains all these pages, or null. */
  @Nullable Run containing(int firstPage, int count) {
    return free.nextClearBit(firstPage) < firstPage + count
        ? null
        : edges[free.previousClearBit(firstPage) + 1];
  }

  /** Returns whether one of these pages is free. */
  boolean anyFree(int firstPage, int count) {
    int found = free.nextSetBit(firstPage);
    return found >= 0 && found < firstPage + count;
  }

  @Nullable Run largestRun() {
    Run largest = runs;
    for (Run run = runs; run != null; run = run.next) {
      if (largest == null || run.pages > largest.pages) {
        largest = run;
      }
    }
    return largest;
  }

  Run add(int firstPage, int count) {
    Run run = new Run(this, firstPage, count);
    edges[firstPage] = run;
    edges[firstPage + count - 1] = run;
    free.set(firstPage, firstPage + count);
    run.next = runs;
    if (runs != null) {
      runs.previous = run;
    }
    runs = run;
    runCount++;
    freePages += count;
    return run;
  }

  void remove(Run run) {
    edges[run.firstPage] = null;
    edges[run.firstPage + run.pages - 1] = null;
    free.clear(run.firstPage, run.firstPage + run.pages);
    if (run.next != null) {
      run.next.previous = run.previous;
    }
    if (run.previous != null) {
      run.previous.next = run.next;
    } else {
      runs = run.next;
    }
    run.leaveLists();
    runCount--;
    freePages -= run.pages;
  }

  /** Takes the segment and its runs out of all lists. */
  void leaveLists() {
    for (Run run = runs; run != null; run = run.next) {
      run.leaveLists();
    }
    byFreePages.remove();
    byDeadBytes.remove();
    byDeadestPage.remove();
  }
}
