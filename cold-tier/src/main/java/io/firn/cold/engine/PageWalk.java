// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FillerRecord;
import io.firn.cold.format.PageHeader;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.io.DiskOperation;
import io.firn.cold.model.Address;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the records that touch a page, by the headers of the pages, in private copies of their
 * bytes. The pages are held by the caller. For one thread.
 */
final class PageWalk {
  private static final int HEAD_BYTES = 16;
  private static final int PAGES_AT_ONCE = 32;

  /** Receives the records that verify. */
  interface Visitor {
    /**
     * Takes a record; buffer and reader are used again for the next one.
     *
     * @param word its address, without visits
     */
    void record(Segment segment, long word, byte[] buffer, RecordReader record);
  }

  /** How the walk of a page went. */
  enum Outcome {
    WALKED,
    NOT_WALKABLE
  }

  private final Table table;
  private final PageLayout layout;
  private final RecordReader record = new RecordReader();

  /** Pages of a segment that stand one after another, read at once. */
  private byte[] pages = new byte[0];

  private byte[] buffer = new byte[4096];

  /** What {@code pages} holds; nothing before the first read. */
  private @Nullable Segment pagesSegment;

  private long pagesOffset;
  private int pagesLength;
  private int endPage;

  /** The page that was walked last to its end; what goes on in the next one was visited there. */
  private @Nullable Segment walkedSegment;

  private int walkedPage;

  PageWalk(Table table) {
    this.table = table;
    this.layout = table.space().layout();
  }

  /** Says where the pages end that will be walked in turn, so that they can be read together. */
  void until(int end) {
    endPage = end;
  }

  /**
   * Visits every record that starts in a page, and the one that continues from the page before.
   * What was visited before a page turned out not to be walkable was visited rightly.
   *
   * @throws IOException if bytes cannot be read now, which says nothing about them
   */
  Outcome walk(Segment segment, int number, Visitor visitor) throws IOException {
    PageHeader header = readHeader(segment, number);
    if (header == null) {
      return Outcome.NOT_WALKABLE;
    }
    long at = layout.pageBytes() * (long) number + header.firstRecordOffset();
    for (int i = 0; i < header.recordCount(); i++) {
      int length = lengthOf(segment, at);
      if (!visit(segment, at, length, visitor)) {
        return Outcome.NOT_WALKABLE;
      }
      if (length == 0) {
        break; // cut off, so the last one here
      }
      at = layout.nextRecordOffset(layout.endOf(at, length));
    }
    boolean continues = (header.flags() & PageHeader.CONTINUED) != 0;
    boolean visited = segment == walkedSegment && number == walkedPage + 1;
    if (continues && !visited && !walkBack(segment, number, visitor)) {
      return Outcome.NOT_WALKABLE;
    }
    walkedSegment = segment;
    walkedPage = number;
    return Outcome.WALKED;
  }

  /** Visits the record that started before a page and reaches into it, if it may be live. */
  private boolean walkBack(Segment segment, int target, Visitor visitor) throws IOException {
    for (int number = target - 1; number >= 0; number--) {
      if (hasNoLiveRecord(segment, number)) {
        return true;
      }
      PageHeader header = readHeader(segment, number);
      if (header == null) {
        return false;
      }
      if (header.recordCount() > 0) {
        return visitLast(segment, number, header, target, visitor);
      }
    }
    return false;
  }

  private boolean hasNoLiveRecord(Segment segment, int number) {
    return segment.pageCharge(number) == 0 || !table.space().isSealed(segment, number);
  }

  private boolean visitLast(
      Segment segment, int number, PageHeader header, int target, Visitor visitor)
      throws IOException {
    long at = layout.pageBytes() * (long) number + header.firstRecordOffset();
    int length = lengthOf(segment, at);
    for (int i = 1; i < header.recordCount() && length != 0; i++) {
      at = layout.nextRecordOffset(layout.endOf(at, length));
      length = lengthOf(segment, at);
    }
    if (length == 0) {
      return visit(segment, at, length, visitor);
    }
    // If it ends before the target, its page was released and filled again: nothing goes on there.
    boolean reaches = layout.pageOf(layout.endOf(at, length) - 1) >= target;
    return !reaches || visit(segment, at, length, visitor);
  }

  /** Reads and verifies a page; null if it is none. */
  private @Nullable PageHeader readHeader(Segment segment, int number) throws IOException {
    long start = layout.pageBytes() * (long) number;
    if (!isRead(segment, start, layout.pageBytes())) {
      readPages(segment, number);
    }
    int at = (int) (start - pagesOffset);
    try {
      PageHeader header =
          PageHeader.read(
              pages,
              at + (int) (layout.headerOf(number) - start),
              layout.pageBytes(),
              segment.path());
      boolean sealed = (header.flags() & PageHeader.SEALED) != 0;
      return sealed && header.pageNumber() == number ? header : null;
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      return null;
    }
  }

  /** Reads a page, and with it those after it that will be walked next. */
  private void readPages(Segment segment, int number) throws IOException {
    int count = 1;
    while (count < PAGES_AT_ONCE
        && number + count < endPage
        && segment.pageCharge(number + count) > 0) {
      count++;
    }
    int bytes = count * layout.pageBytes();
    if (pages.length < bytes) {
      pages = new byte[bytes];
    }
    pagesSegment = null;
    pagesOffset = layout.pageBytes() * (long) number;
    int present = readFile(segment, pagesOffset, pages, bytes);
    Arrays.fill(pages, present, bytes, (byte) 0);
    // Only whole pages are there; the first one counts even if the file ends in it.
    pagesLength = Math.max(layout.pageBytes(), present - present % layout.pageBytes());
    pagesSegment = segment;
  }

  /** Returns the length that the record at an offset says it has; 0 if it cannot be one. */
  private int lengthOf(Segment segment, long at) throws IOException {
    int wanted = (int) Math.min(HEAD_BYTES + PageHeader.BYTES, segment.capacity() - at);
    int logical = Math.min(HEAD_BYTES, read(segment, at, buffer, Math.max(0, wanted)));
    if (logical == 0) {
      return 0;
    }
    layout.join(buffer, logical, at);
    int length = RecordReader.peekTotalBytes(buffer, 0, logical);
    boolean fits = length > 0 && layout.endOf(at, length) <= segment.capacity();
    return fits ? length : 0;
  }

  /** Visits a record unless it is a filler; false if it does not verify and may be live. */
  private boolean visit(Segment segment, long at, int length, Visitor visitor) throws IOException {
    if (length == 0) {
      return isCutOff(segment, at, FillerRecord.MINIMUM_BYTES);
    }
    RecordReader.Verdict verdict = read(segment, at, length);
    if (verdict == RecordReader.Verdict.OK) {
      visitor.record(segment, Address.of(segment.number(), at, length), buffer, record);
    }
    return verdict != RecordReader.Verdict.DAMAGED || isCutOff(segment, at, length);
  }

  /** Tells whether a record lost its end because that was released, so that it is dead. */
  private boolean isCutOff(Segment segment, long at, int length) throws IOException {
    int last = layout.pageOf(layout.endOf(at, length) - 1);
    for (int number = layout.pageOf(at) + 1; number <= last; number++) {
      if (hasNoLiveRecord(segment, number)) {
        return true;
      }
      PageHeader header = readHeader(segment, number);
      if (header == null) {
        return false;
      }
      if ((header.flags() & PageHeader.CONTINUED) == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads the record at an address.
   *
   * @return whether it verifies and was given to the visitor
   * @throws IOException if bytes cannot be read now, which says nothing about them
   */
  boolean visit(Segment segment, long word, Visitor visitor) throws IOException {
    int logical = Address.boundBytes(word);
    long offset = Address.offset(word);
    if (segment.readBytes(word) < layout.physicalBytes(offset, logical)
        || read(segment, offset, logical) != RecordReader.Verdict.OK) {
      return false;
    }
    visitor.record(segment, Address.withoutVisits(word), buffer, record);
    return true;
  }

  private RecordReader.Verdict read(Segment segment, long offset, int logical) throws IOException {
    int physical = layout.physicalBytes(offset, logical);
    if (buffer.length < physical) {
      buffer = new byte[physical];
    }
    int present = read(segment, offset, buffer, physical);
    Arrays.fill(buffer, present, physical, (byte) 0);
    layout.join(buffer, logical, offset);
    return record.wrap(buffer, 0, logical, table.id(), segment.lsnBase(), segment.timeBaseMillis());
  }

  /**
   * Copies bytes out of the pages that were read last, or reads them; returns how many there are.
   */
  private int read(Segment segment, long offset, byte[] target, int length) throws IOException {
    if (isRead(segment, offset, 1)
        && !isRead(segment, offset, length)
        && layout.pageOf(offset + length - 1) < endPage) {
      readPages(segment, layout.pageOf(offset)); // with those that are walked next
    }
    if (isRead(segment, offset, length)) {
      System.arraycopy(pages, (int) (offset - pagesOffset), target, 0, length);
      return length;
    }
    return readFile(segment, offset, target, length);
  }

  private boolean isRead(Segment segment, long offset, int length) {
    return segment == pagesSegment
        && offset >= pagesOffset
        && offset + length <= pagesOffset + pagesLength;
  }

  /** Reads up to the end of the file; returns how many bytes there are. */
  private int readFile(Segment segment, long offset, byte[] target, int length) throws IOException {
    return table
        .engine()
        .seams()
        .io()
        .run(DiskOperation.READ, () -> segment.readPresent(offset, target, length));
  }
}
