// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.VerifyReport.Kind;
import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.SegmentHeader;
import io.firn.cold.model.Address;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the data files of one table with its index, both ways, while the table is in use. For
 * one thread.
 */
final class TableCheck {
  /* First every sealed page with something live in it is read and walked: how many of its records
   * does the index point to? Then the index is read: how many entries point into each page? An entry
   * into a page that was not walked is looked at one by one. A sealed page gets no new entries, so if
   * more entries than records are counted for one, an entry points to something that the walk did
   * not meet; those are looked at one by one as well.
   *
   * What is looked at is read inside an epoch: what the index points to then is not reused before
   * the epoch is left. Whatever does not fit is believed only if the index still says the same. */

  private static final int NOT_WALKED = -1;

  private final Engine engine;
  private final Table table;
  private final Findings findings;
  private final PageReview walk;
  private final EntryCheck entries;
  private final Map<Segment, Walked> walked = new HashMap<>();

  /** What is known about the pages of one segment. */
  private static final class Walked {
    /** Live records that the walk met, by page; {@link #NOT_WALKED} if it was not walked. */
    final int[] met;

    /** Index entries into a page that was walked. */
    final int[] entries;

    /** What is wrong with pages that should have been walked. */
    final Map<Integer, String> problems = new LinkedHashMap<>();

    Walked(int pages) {
      met = new int[pages];
      entries = new int[pages];
      Arrays.fill(met, NOT_WALKED);
    }
  }

  TableCheck(Engine engine, Table table, Findings findings) {
    this.engine = engine;
    this.table = table;
    this.findings = findings;
    this.walk = new PageReview(table.space().layout());
    this.entries = new EntryCheck(engine, table, findings);
  }

  void run() {
    try {
      for (Segment segment : table.space().segments()) {
        check(segment);
      }
      boolean[] suspicious = new boolean[1];
      IndexScan.scan(
          engine,
          table,
          (hash, word) -> {
            findings.entries++;
            suspicious[0] |= count(hash, word);
          });
      if (suspicious[0]) {
        IndexScan.scan(engine, table, this::lookClosely);
      }
      reportPages();
      new ChargeCheck(engine, table, findings).run();
    } catch (IllegalStateException e) {
      if (!table.isDropped()) {
        throw e;
      }
    } catch (FirnException e) {
      engine.checkOpen();
      if (!table.isDropped()) {
        findings.add(
            Kind.SNAPSHOT, "table " + table.name(), "entries", String.valueOf(e.getMessage()));
      }
    }
  }

  private void check(Segment segment) {
    checkHeader(segment);
    Walked pages = new Walked(segment.pages());
    walked.put(segment, pages);
    for (int p = 0; p < segment.pages() && !isGone(segment); p++) {
      if (check(segment, p, pages)) {
        engine.threads().yieldNow();
      }
    }
  }

  private boolean isGone(Segment segment) {
    return table.isDropped() || table.space().find(segment.number()) != segment;
  }

  private void checkHeader(Segment segment) {
    int ticket = engine.epochs().enter();
    try {
      engine.checkOpen();
      if (isGone(segment)) {
        return;
      }
      findings.segments++;
      SegmentHeader expected = segment.header();
      String problem = headerProblem(segment, expected);
      if (problem != null) {
        findings.add(Kind.SEGMENT, segment.path(), expected.toString(), problem);
      }
    } finally {
      engine.epochs().leave(ticket);
    }
  }

  private static @Nullable String headerProblem(Segment segment, SegmentHeader expected) {
    byte[] bytes = new byte[SegmentHeader.BYTES];
    try {
      segment.read(0, bytes, bytes.length);
      SegmentHeader found = SegmentHeader.decode(bytes, segment.path());
      return found.equals(expected) ? null : found.toString();
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }

  /** Walks a page if it is sealed and something lives in it; tells whether it was read. */
  private boolean check(Segment segment, int page, Walked pages) {
    int ticket = engine.epochs().enter();
    try {
      engine.checkOpen();
      if (isGone(segment) || isUnused(segment, page)) {
        return false;
      }
      int[] live = new int[1];
      String problem;
      try {
        problem =
            walk.walk(
                segment,
                page,
                (offset, record, buffer) -> {
                  findings.records++;
                  long hash = engine.keyHash().hash(buffer, record.keyOffset(), record.keyLength());
                  long word = table.index().find(hash);
                  boolean current =
                      Address.segment(word) == segment.number() && Address.offset(word) == offset;
                  live[0] += current ? 1 : 0;
                });
      } catch (IOException e) {
        problem = "unreadable: " + e;
      }
      if (problem == null) {
        findings.pages++;
        pages.met[page] = live[0];
      } else {
        pages.problems.put(page, problem);
      }
      return true;
    } finally {
      engine.epochs().leave(ticket);
    }
  }

  private boolean isUnused(Segment segment, int page) {
    return segment.pageCharge(page) == 0 || !table.space().isSealed(segment, page);
  }

  /** Counts an entry for its page; tells whether the page has more entries than records. */
  private boolean count(long hash, long word) {
    Segment segment = table.space().find(Address.segment(word));
    Walked pages = segment == null ? null : walked.get(segment);
    int page = table.space().layout().pageOf(Address.offset(word));
    if (pages == null || page >= pages.met.length || pages.met[page] == NOT_WALKED) {
      lookAt(hash, pages, false);
      return false;
    }
    pages.entries[page]++;
    return pages.entries[page] > pages.met[page];
  }

  private void lookClosely(long hash, long word) {
    Segment segment = table.space().find(Address.segment(word));
    Walked pages = segment == null ? null : walked.get(segment);
    int page = table.space().layout().pageOf(Address.offset(word));
    if (pages != null
        && page < pages.met.length
        && pages.met[page] != NOT_WALKED
        && pages.entries[page] > pages.met[page]) {
      lookAt(hash, pages, true);
    }
  }

  private void lookAt(long hash, @Nullable Walked pages, boolean mustBeMet) {
    long damaged = entries.check(hash, mustBeMet ? walk : null);
    if (damaged != Address.NONE && pages != null) {
      PageLayout layout = table.space().layout();
      int first = layout.pageOf(Address.offset(damaged));
      int count = layout.pagesTouched(Address.offset(damaged), Address.boundBytes(damaged));
      for (int p = first; p < first + count; p++) {
        String unused = pages.problems.remove(p);
      }
    }
  }

  /** Reports the pages whose problem no damaged record explains. */
  private void reportPages() {
    walked.forEach(
        (segment, pages) ->
            pages.problems.forEach(
                (page, problem) -> {
                  if (!isGone(segment)) {
                    findings.add(
                        Kind.PAGE,
                        segment.path() + " page " + page,
                        "a page that verifies",
                        problem);
                  }
                }));
  }
}
