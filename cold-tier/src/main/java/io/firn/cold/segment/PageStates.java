// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

/**
 * What the pages of one segment were used for at one moment, and their charges at that moment.
 * Immutable.
 */
public final class PageStates {
  private final Segment.PageState[] states;
  private final int[] charges;
  private final int disagreeing;
  private final int timesTaken;

  private PageStates(Segment.PageState[] states, int[] charges, int disagreeing, int timesTaken) {
    this.states = states;
    this.charges = charges;
    this.disagreeing = disagreeing;
    this.timesTaken = timesTaken;
  }

  /** Takes the states of a segment's pages; under the space lock. */
  static PageStates of(FreeSpaceMap free, Segment segment) {
    int[] charges = new int[segment.pages()];
    for (int p = 0; p < charges.length; p++) {
      charges[p] = segment.pageCharge(p);
    }
    return new PageStates(
        segment.states.clone(), charges, disagreement(free, segment), segment.timesTaken);
  }

  /** Returns a page that is free by its state or by the free-space map but not by both; or -1. */
  private static int disagreement(FreeSpaceMap map, Segment segment) {
    boolean mapped = map.contains(segment.number());
    for (int p = 0; p < segment.pages(); p++) {
      boolean free = mapped && map.isFree(segment.number(), p);
      if (free != (segment.states[p] == Segment.PageState.FREE)) {
        return p;
      }
    }
    return -1;
  }

  /** Returns how many pages there are. */
  public int pages() {
    return states.length;
  }

  /** Returns the live charge of a page, in bytes. */
  public int charge(int page) {
    return charges[page];
  }

  /** Tells whether a page is complete. */
  public boolean isSealed(int page) {
    return states[page] == Segment.PageState.SEALED || states[page] == Segment.PageState.EVACUATING;
  }

  /** Tells whether a page is being filled, or was and is not sealed yet. */
  public boolean isOpen(int page) {
    return states[page] == Segment.PageState.OPEN;
  }

  /** Tells whether nothing may live in a page: it is free, or waits to become so. */
  public boolean isUnused(int page) {
    return states[page] == Segment.PageState.FREE || states[page] == Segment.PageState.WAITING;
  }

  /** Returns how many pages are unused and stand in runs of at least so many. */
  public int unusedPages(int shortestRun) {
    int unused = 0;
    int run = 0;
    for (int page = 0; page <= states.length; page++) {
      if (page < states.length && isUnused(page)) {
        run++;
      } else {
        unused += run >= shortestRun ? run : 0;
        run = 0;
      }
    }
    return unused;
  }

  /** Tells whether some page is being filled, or was and is not sealed yet. */
  public boolean anyOpen() {
    for (Segment.PageState state : states) {
      if (state == Segment.PageState.OPEN) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether no page of the segment has been put into use since an earlier map. */
  public boolean onlyDiedSince(PageStates earlier) {
    return timesTaken == earlier.timesTaken;
  }

  /** Returns a page that is free by its state or by the free-space map but not by both; or -1. */
  public int disagreement() {
    return disagreeing;
  }
}
