// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.format.RecordReader;
import io.firn.cold.model.Address;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.PageStates;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SegmentExpiry;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;

/**
 * Reads when the records of a segment expire that earlier lives have put in, step by step; what the
 * log tells of them does not say it. Nothing is moved or removed. Until it is closed nothing new is
 * written into what is free of the segment. Not thread-safe.
 */
public final class ExpirySurvey implements AutoCloseable {
  /* Every record of an earlier life is in a page that is sealed. All sealed pages are held here, so
   * they stay what they are until they are read. What is filled meanwhile, or was before, is of this
   * life, whose records are noted as they are put. In pages without a charge nothing lives, nor will
   * after a crash: what made their records dead was in the log before they were debited. */

  private final Evacuator evacuator;
  private final Table table;
  private final Segment segment;
  private final SegmentExpiry.Survey survey;
  private final PageWalk walk;
  private final BitSet pages = new BitSet();
  private final int end;
  private List<PageRun> held;
  private int page;

  ExpirySurvey(Evacuator evacuator, Table table, Segment segment, List<PageRun> held) {
    this.evacuator = evacuator;
    this.table = table;
    this.segment = segment;
    this.survey = segment.expiry().new Survey();
    this.walk = new PageWalk(table);
    this.held = held;
    held.forEach(run -> pages.set(run.firstPage(), run.endPage()));
    boolean whole = table.engine().threads().keeps(Rule.SURVEY_WHOLE_SEGMENT);
    end = whole ? segment.pages() : (segment.pages() + 1) / 2;
    if (!holdsAllSealed()) {
      page = end;
    }
  }

  /** While others hold some, or the index is still being loaded, there is nothing to be done. */
  private boolean holdsAllSealed() {
    PageStates states = table.space().pageStates(segment);
    for (int p = 0; p < states.pages(); p++) {
      if (states.isSealed(p) && !pages.get(p)) {
        return false;
      }
    }
    return !pages.isEmpty();
  }

  /**
   * Reads the next pages; with the last one, what was found becomes known.
   *
   * @param most how many pages, at least 1
   * @return how many pages were passed
   * @throws io.firn.cold.model.StoreClosedException if the store is closed or the table was dropped
   */
  public int read(int most) {
    table.checkOpen();
    int first = page;
    int last = Math.min(end, first + most);
    walk.until(last);
    while (page < last) {
      if (pages.get(page) && segment.pageCharge(page) > 0 && !isWalked(page)) {
        survey.fail();
        page = end;
      } else if (++page == end) {
        survey.complete();
      }
    }
    return page - first;
  }

  /** Tells whether there is nothing left to read. */
  public boolean isDone() {
    return page == end;
  }

  private boolean isWalked(int number) {
    try {
      return walk.walk(segment, number, this::found) == PageWalk.Outcome.WALKED;
    } catch (IOException e) {
      return false;
    }
  }

  /** The bound covers dead records too, which costs little; the estimate is of those that live. */
  private void found(Segment from, long word, byte[] buffer, RecordReader record) {
    long hash = table.engine().keyHash().hash(buffer, record.keyOffset(), record.keyLength());
    boolean live = Address.withoutVisits(EntryProbe.find(table, hash)) == word;
    survey.record(record.expiresAtMillis(), live ? Address.boundBytes(word) : 0);
  }

  /** Lets the segment go; a second call does nothing. */
  @Override
  public void close() {
    List<PageRun> last = held;
    held = List.of();
    evacuator.letGo(last);
  }
}
