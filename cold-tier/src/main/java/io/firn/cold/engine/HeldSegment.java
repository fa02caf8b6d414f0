// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.segment.PageRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A segment that is being emptied step by step. Until it is closed, nothing new is written into it
 * and what became free in it stays free; then it is dropped if nothing lives in it, and else used
 * as before. Not thread-safe.
 */
public final class HeldSegment implements AutoCloseable {
  private final Evacuator evacuator;
  private List<PageRun> held;

  HeldSegment(Evacuator evacuator, List<PageRun> held) {
    this.evacuator = evacuator;
    this.held = held;
  }

  /** Tells whether no page could be held: the segment is gone, or all of it is being filled. */
  public boolean isEmpty() {
    return held.isEmpty();
  }

  /**
   * Moves every live record that touches some of the pages, as {@link Evacuator#evacuate} does, and
   * with its failures.
   *
   * @param firstPage the first of the pages
   * @param pages how many
   */
  public EvacuationResult evacuate(
      int firstPage, int pages, RecordFilter keep, Consumer<? super RecordMove> observer) {
    return evacuator.evacuateHeld(runs(firstPage, pages), keep, observer);
  }

  /**
   * Returns which of some pages are held.
   *
   * @param firstPage the first of the pages
   * @param pages how many
   */
  public List<PageRun> runs(int firstPage, int pages) {
    List<PageRun> some = new ArrayList<>();
    for (PageRun run : held) {
      int first = Math.max(firstPage, run.firstPage());
      int end = Math.min(firstPage + pages, run.endPage());
      if (first < end) {
        some.add(new PageRun(run.segment(), first, end - first));
      }
    }
    return some;
  }

  /** Lets the segment go; a second call does nothing. */
  @Override
  public void close() {
    List<PageRun> last = held;
    held = List.of();
    evacuator.letGo(last);
  }
}
