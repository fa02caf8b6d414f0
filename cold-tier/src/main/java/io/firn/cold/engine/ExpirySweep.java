// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.model.Address;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Removes all entries that point into segments whose records have all expired, by one pass over the
 * index and without reading a record; their charges are zero then, and they are dropped like any
 * dead segment. For one thread, once.
 */
final class ExpirySweep {
  /* The pages are held before the bound of their segment is read. A page that could be held was
   * sealed, so the bound covers every record in it; and while it is held nothing new is written
   * there, so an entry that still has an address in it when it is removed means that record. Pages
   * that are being filled are left alone, and their segment with them. */

  private static final int MOST_CHANGES = 4096;

  private final Table table;
  private final Set<Integer> segments;
  private final LongConsumer observer;
  private final Map<Integer, BitSet> swept = new HashMap<>();
  private final List<PageRun> held = new ArrayList<>();
  private long removed;

  /** Creates a sweep; the observer hears, now and then, how many entries were removed so far. */
  ExpirySweep(Table table, Set<Integer> segments, LongConsumer observer) {
    this.table = table;
    this.segments = segments;
    this.observer = observer;
  }

  SweepResult run() {
    try {
      long now = table.engine().wall().steadyMillis();
      for (int number : segments) {
        hold(number, now);
      }
      if (!swept.isEmpty()) {
        sweep();
      }
      return new SweepResult(swept.size(), removed);
    } finally {
      table.space().letGo(held);
    }
  }

  private void hold(int number, long nowMillis) {
    Segment segment = table.space().find(number);
    if (segment == null || segment.expiry().latestMillis() > nowMillis) {
      return;
    }
    List<PageRun> runs = table.space().hold(List.of(new PageRun(number, 0, segment.pages())), true);
    held.addAll(runs);
    if (segment.expiry().latestMillis() > nowMillis) {
      return;
    }
    BitSet pages = new BitSet();
    if (table.engine().threads().keeps(Rule.SWEEP_HELD_PAGES)) {
      runs.forEach(run -> pages.set(run.firstPage(), run.endPage()));
    } else {
      pages.set(0, segment.pages());
    }
    if (!pages.isEmpty()) {
      swept.put(number, pages);
    }
  }

  private void sweep() {
    List<RecordChange> changes = new ArrayList<>();
    IndexScan.scan(
        table.engine(),
        table,
        (hash, word) -> {
          if (isSwept(word)) {
            long from = Address.withoutVisits(word);
            changes.add(RecordChange.removal(RecordChange.Kind.EXPIRED, hash, from));
            if (changes.size() == MOST_CHANGES) {
              remove(changes);
            }
          }
        });
    remove(changes);
  }

  private boolean isSwept(long word) {
    BitSet pages = swept.get(Address.segment(word));
    return pages != null && pages.get(table.space().layout().pageOf(Address.offset(word)));
  }

  private void remove(List<RecordChange> changes) {
    EntrySwing swing = new EntrySwing(table, changes, false);
    swing.run();
    removed += swing.applied(RecordChange.Kind.EXPIRED);
    changes.clear();
    observer.accept(removed);
  }
}
