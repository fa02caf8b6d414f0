// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FillerRecord;
import io.firn.cold.format.PageHeader;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.segment.Segment;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one sealed page after another and walks the records that start in it. Callers are inside an
 * epoch, so that the page is not reused meanwhile. For one thread.
 */
final class PageReview {

  private final PageLayout layout;
  private final byte[] page;
  private final RecordReader record = new RecordReader();
  private byte[] crossing = new byte[0];

  /** Gets the records of a page in order. */
  @FunctionalInterface
  interface Visitor {
    /** Hears where a record or filler starts, whether it verifies or not. */
    default void starts(long offset) {}

    /**
     * Takes a record that verified.
     *
     * @param offset where it starts in the segment's file
     * @param record valid only during the call
     * @param buffer the bytes that the record's accessors refer to
     */
    void record(long offset, RecordReader record, byte[] buffer);
  }

  /** Tells whether a record starts at an offset. */
  static final class Starts implements Visitor {
    private final long wanted;
    private boolean met;

    Starts(long wanted) {
      this.wanted = wanted;
    }

    @Override
    public void starts(long offset) {
      met |= offset == wanted;
    }

    @Override
    public void record(long offset, RecordReader record, byte[] buffer) {}

    boolean met() {
      return met;
    }
  }

  PageReview(PageLayout layout) {
    this.layout = layout;
    this.page = new byte[layout.pageBytes()];
  }

  /**
   * Walks a page. Of a record that goes on in later pages nothing is said if it does not verify: it
   * may be dead, and those pages may have been reused.
   *
   * @return what is wrong with the page; null if nothing is
   * @throws IOException if it cannot be read
   */
  @Nullable String walk(Segment segment, int number, Visitor visitor) throws IOException {
    long start = (long) number * page.length;
    String resource = segment.path() + " page " + number;
    try {
      segment.read(start, page, page.length);
      PageHeader header =
          PageHeader.read(
              page, (int) (layout.headerOf(number) - start), layout.pageBytes(), resource);
      if (header.pageNumber() != number || (header.flags() & PageHeader.SEALED) == 0) {
        return header.toString();
      }
      return walkRecords(segment, header, start, visitor);
    } catch (CorruptBytesException | UnsupportedVersionException | EOFException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private @Nullable String walkRecords(
      Segment segment, PageHeader header, long start, Visitor visitor) throws IOException {
    long pageEnd = start + page.length;
    long offset = start + header.firstRecordOffset();
    long end = layout.firstByteOf(header.pageNumber()) + header.bytesUsed();
    long reached = header.recordCount() == 0 ? end : offset;
    for (int i = 0; i < header.recordCount(); i++) {
      if (offset >= pageEnd) {
        return "record " + i + " of " + header.recordCount() + " would start behind the page";
      }
      visitor.starts(offset);
      int length = peek(segment, offset, start);
      boolean plausible =
          length >= FillerRecord.MINIMUM_BYTES
              && layout.endOf(offset, length) <= segment.capacity();
      reached = plausible ? layout.endOf(offset, length) : pageEnd + 1;
      if (reached > pageEnd) {
        boolean mayCross = plausible || offset + Segment.PEEK_BYTES > pageEnd;
        if (!mayCross || i < header.recordCount() - 1) {
          return "record " + i + " at offset " + offset + " has the length " + length;
        }
        if (plausible && reads(segment, offset, length)) {
          visitor.record(offset, record, crossing);
        }
      } else {
        RecordReader.Verdict verdict = wrap(segment, page, (int) (offset - start), length);
        if (verdict == RecordReader.Verdict.DAMAGED) {
          return "record " + i + " at offset " + offset + " does not verify";
        } else if (verdict == RecordReader.Verdict.OK) {
          visitor.record(offset, record, page);
        }
      }
      offset = layout.nextRecordOffset(reached);
    }
    return Math.min(reached, pageEnd) == end
        ? null
        : "the records end at offset " + reached + ", the used bytes at " + end;
  }

  /** Reads a record that goes on in later pages; tells whether it verifies. */
  private boolean reads(Segment segment, long offset, int length) throws IOException {
    int physical = layout.physicalBytes(offset, length);
    if (crossing.length < physical) {
      crossing = new byte[physical];
    }
    try {
      segment.read(offset, crossing, physical);
    } catch (EOFException e) {
      return false; // it is dead, and the file was cut behind the pages in use
    }
    layout.join(crossing, length, offset);
    return wrap(segment, crossing, 0, length) == RecordReader.Verdict.OK;
  }

  private RecordReader.Verdict wrap(Segment segment, byte[] buffer, int at, int length) {
    return record.wrap(
        buffer, at, length, segment.tableId(), segment.lsnBase(), segment.timeBaseMillis());
  }

  /** Returns the length that a record says it has; 0 if nothing says so. */
  private int peek(Segment segment, long offset, long start) throws IOException {
    int at = (int) (offset - start);
    int length =
        RecordReader.peekTotalBytes(page, at, Math.min(Segment.PEEK_BYTES, page.length - at));
    if (length != 0 || at + Segment.PEEK_BYTES <= page.length) {
      return length;
    }
    try {
      return segment.peekRecordBytes(offset);
    } catch (EOFException e) {
      return 0;
    }
  }
}
