// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.VerifyReport.Kind;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Looks at single index entries: does each point to a record of its key? For one thread. */
final class EntryCheck {
  private static final int MAXIMUM_PROBES = 64;

  private final Engine engine;
  private final Table table;
  private final Findings findings;
  private final ReadScratch scratch = new ReadScratch();

  /** What is wrong with an entry. */
  private record Problem(Kind kind, String expected, String actual) {}

  EntryCheck(Engine engine, Table table, Findings findings) {
    this.engine = engine;
    this.table = table;
    this.findings = findings;
  }

  /**
   * Looks at the present entry of a hash, if there is one.
   *
   * @param walk also tells whether the page's own walk meets the record; null if that is known
   * @return the address of a damaged record; none if there is nothing wrong with a record
   */
  long check(long hash, @Nullable PageReview walk) {
    long last = Address.NONE;
    for (int probe = 0; probe < MAXIMUM_PROBES; probe++) {
      int ticket = engine.epochs().enter();
      try {
        engine.checkOpen();
        long word = Address.withoutVisits(table.index().find(hash));
        Problem problem =
            word == Address.NONE || table.isDropped() ? null : problem(hash, word, walk);
        if (problem == null) {
          return Address.NONE;
        }
        if (word == last) {
          findings.add(
              problem.kind,
              "table " + table.name() + ", hash " + Long.toHexString(hash),
              problem.expected,
              problem.actual);
          return problem.kind == Kind.RECORD ? word : Address.NONE;
        }
        last = word;
      } finally {
        engine.epochs().leave(ticket);
      }
    }
    return Address.NONE;
  }

  private @Nullable Problem problem(long hash, long word, @Nullable PageReview walk) {
    Segment segment = table.space().find(Address.segment(word));
    String place = Address.describe(word);
    if (segment == null || !fits(segment, word)) {
      return new Problem(Kind.ENTRY, "an address in a data file", place);
    }
    String damage = damage(segment, word);
    boolean starts = walk == null || startsRecord(segment, word, walk);
    if (damage != null) {
      return new Problem(starts ? Kind.RECORD : Kind.ENTRY, "a record at " + place, damage);
    }
    findings.records++;
    RecordReader record = scratch.record;
    long found = engine.keyHash().hash(scratch.buffer, record.keyOffset(), record.keyLength());
    if (found != hash) {
      return new Problem(
          Kind.ENTRY, "a key of this hash at " + place, "hash " + Long.toHexString(found));
    }
    return starts ? null : new Problem(Kind.ENTRY, "an address that the page's walk meets", place);
  }

  private boolean fits(Segment segment, long word) {
    PageLayout layout = table.space().layout();
    long offset = Address.offset(word);
    return offset >= layout.firstByteOf(layout.pageOf(offset))
        && layout.endOf(offset, Address.boundBytes(word)) <= segment.capacity();
  }

  private @Nullable String damage(Segment segment, long word) {
    try {
      scratch.prepare(segment, word);
      segment.read(Address.offset(word), scratch.buffer, scratch.length);
      return scratch.verify(table.id(), table.space().layout()) ? null : "bytes that do not verify";
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }

  /** Tells whether the page is still being filled, or is damaged, or its walk meets the record. */
  private boolean startsRecord(Segment segment, long word, PageReview walk) {
    int page = table.space().layout().pageOf(Address.offset(word));
    if (!table.space().isSealed(segment, page)) {
      return true;
    }
    PageReview.Starts starts = new PageReview.Starts(Address.offset(word));
    try {
      return walk.walk(segment, page, starts) != null || starts.met();
    } catch (IOException e) {
      return true;
    }
  }
}
