// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.format.FillerRecord;
import io.firn.cold.format.PageHeader;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.io.AppendRegion;
import io.firn.cold.model.Address;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;

/**
 * A run of pages of one segment that a stream is filling. Positions are guarded by the stream's
 * lock; the bytes of a claim belong to the claimer; headers are written once, by {@link #seal},
 * when the extent is closed and every claim in it has ended.
 */
final class Extent {
  /** Ends a claim's page when the bound of its class would need a byte that cannot be padded. */
  private static final int SHORTEST_PAD = 1;

  private final Segment segment;
  private final PageLayout layout;
  private final AppendRegion window;
  private final Lock prepareTurn;
  private final int firstPage;
  private final long aheadBytes;
  private final long endOffset;
  private final AtomicInteger claims = new AtomicInteger(1);
  private final Runnable onSealable;

  private int pages;
  private volatile long position;
  private volatile long preparedTo;
  private volatile boolean broken;
  private volatile boolean closed;
  private volatile boolean successorAsked;

  Extent(
      Segment segment,
      PageLayout layout,
      AppendRegion window,
      Lock prepareTurn,
      int firstPage,
      int pages,
      long aheadBytes,
      Consumer<Extent> onSealable) {
    this.segment = segment;
    this.layout = layout;
    this.window = window;
    this.prepareTurn = prepareTurn;
    this.firstPage = firstPage;
    this.pages = pages;
    this.aheadBytes = aheadBytes;
    this.position = layout.firstByteOf(firstPage);
    this.endOffset = (firstPage + (long) pages) * layout.pageBytes();
    this.preparedTo = layout.headerOf(firstPage);
    this.onSealable = () -> onSealable.accept(this);
  }

  Segment segment() {
    return segment;
  }

  int firstPage() {
    return firstPage;
  }

  /** Returns the pages in use, once closed. */
  int pages() {
    return pages;
  }

  /** How a claim went. */
  enum Outcome {
    CLAIMED,
    NOT_PREPARED,
    FULL
  }

  /** Claims space for a record; under the stream's lock. */
  Outcome claim(Claim claim, int length) {
    long start = position;
    int bound = Address.classBound(Address.classOf(length));
    int padded = paddedLength(start, length, bound);
    if (padded < 0) {
      start = layout.nextRecordOffset(layout.endOf(start, FillerRecord.MINIMUM_BYTES));
      if (start >= endOffset) {
        return Outcome.FULL;
      }
      padded = paddedLength(start, length, bound);
      padded = padded < 0 ? length : padded;
    }
    long end = layout.endOf(start, bound);
    if (end > endOffset) {
      return Outcome.FULL;
    }
    if (end > preparedTo) {
      return Outcome.NOT_PREPARED;
    }
    if (start != position) {
      fill(position, FillerRecord.MINIMUM_BYTES);
    }
    claims.incrementAndGet();
    claim.set(this, start, padded);
    position = layout.nextRecordOffset(layout.endOf(start, padded));
    return Outcome.CLAIMED;
  }

  /** Returns the length that makes the charge touch exactly the record's pages; -1 if none does. */
  private int paddedLength(long start, int length, int bound) {
    if (layout.pageOf(layout.endOf(start, length) - 1)
        == layout.pageOf(layout.endOf(start, bound) - 1)) {
      return length;
    }
    return bound - length > SHORTEST_PAD ? bound : -1;
  }

  /** Zeroes ahead until a record of this length fits; not under the stream's lock. */
  void prepareFor(int length) throws IOException {
    prepareTurn.lock();
    try {
      if (closed) {
        return;
      }
      long from = preparedTo;
      long need = 2L * Address.classBound(Address.classOf(length)) + 2L * layout.pageBytes();
      long to = Math.min(endOffset, from + Math.max(aheadBytes / 2, need));
      if (to > from) {
        window.prepare(from, to - from);
        preparedTo = to;
      }
    } finally {
      prepareTurn.unlock();
    }
  }

  /** Tells whether the writers have come close to what is zeroed. */
  boolean needsPreparing() {
    return preparedTo < endOffset && preparedTo - position < aheadBytes / 2;
  }

  /** Tells whether the next extent should be opened now, which is to be tried once. */
  boolean needsSuccessor() {
    return !successorAsked && endOffset - position < 2 * aheadBytes;
  }

  void successorAsked() {
    successorAsked = true;
  }

  void put(long recordOffset, byte[] record, int from, int to) throws IOException {
    long start = from == 0 ? recordOffset : layout.endOf(recordOffset, from);
    if (from != 0) {
      start = layout.nextRecordOffset(start);
    }
    int length = to - from;
    if (layout.physicalBytes(start, length) == length) {
      window.put(start, record, from, length);
    } else {
      layout.forEachPiece(
          start, length, (at, logical, bytes) -> window.put(at, record, from + logical, bytes));
    }
  }

  /** Tells whether a record takes whole pages. */
  boolean fillsPages(long offset, int length) {
    long end = layout.endOf(offset, length);
    return offset == layout.firstByteOf(layout.pageOf(offset))
        && end == layout.headerOf(layout.pageOf(end));
  }

  /** Puts a filler over space whose record never became one. */
  void fill(long offset, int length) {
    byte[] filler = new byte[length];
    FillerRecord.write(filler, 0, length, segment.tableId());
    try {
      put(offset, filler, 0, length);
    } catch (IOException e) {
      broken = true;
    }
  }

  void finishClaim() {
    if (claims.decrementAndGet() == 0) {
      endPutting();
      onSealable.run();
    }
  }

  /** Says that nothing is put into the extent any more, but headers. */
  void endPutting() {
    segment.finishWindow(window);
  }

  /**
   * Ends the zeroing ahead, which would destroy what others put into the pages that are given back.
   * After the extent left its stream, without locks.
   */
  void endPreparing() {
    prepareTurn.lock();
    try {
      closed = true;
    } finally {
      prepareTurn.unlock();
    }
  }

  /** Keeps the pages in use only. Returns the first page that is not used. */
  int close() {
    long start = layout.firstByteOf(firstPage);
    int used = position == start ? 0 : layout.pageOf(position - 1) - firstPage + 1;
    if (used > 0 && position == layout.firstByteOf(firstPage + used - 1)) {
      used--;
    }
    pages = used;
    return firstPage + used;
  }

  /**
   * Makes an extent that a crash left open walkable: fillers go where no live record stands.
   *
   * @param words the addresses of all live records that start in the extent, ascending by offset
   */
  void repair(long[] words) throws IOException {
    long at = layout.firstByteOf(firstPage);
    for (long word : words) {
      long offset = Address.offset(word);
      if (offset > at) {
        fill(at, logicalBytes(at, offset));
      }
      at = layout.nextRecordOffset(layout.endOf(offset, segment.peekRecordBytes(offset)));
    }
    position = at;
    int unused = close();
  }

  private int logicalBytes(long from, long to) {
    int bytes = 0;
    long at = from;
    while (layout.pageOf(at) != layout.pageOf(to)) {
      int next = layout.pageOf(at) + 1;
      bytes += (int) (next * (long) layout.pageBytes() - at);
      at = layout.firstByteOf(next);
    }
    return bytes + (int) (to - at);
  }

  /** Writes headers and checksums of all pages; tells whether the extent could be walked. */
  boolean seal() throws IOException {
    if (broken) {
      return false;
    }
    byte[] page = new byte[layout.pageBytes()];
    long record = layout.firstByteOf(firstPage);
    for (int p = firstPage; p < firstPage + pages; p++) {
      record = sealPage(page, p, record);
      if (record < 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns where the first record of the next page starts; -1 if this one cannot be walked. */
  private long sealPage(byte[] page, int p, long firstRecord) throws IOException {
    long start = p * (long) layout.pageBytes();
    long pageEnd = start + layout.pageBytes();
    long data = layout.firstByteOf(p);
    segment.file().read(start, page, 0, page.length);
    long record = firstRecord;
    int count = 0;
    while (record < pageEnd && record < position) {
      count++;
      int at = (int) (record - start);
      int length =
          at + Segment.PEEK_BYTES <= page.length
              ? RecordReader.peekTotalBytes(page, at, Segment.PEEK_BYTES)
              : segment.peekRecordBytes(record);
      if (length < FillerRecord.MINIMUM_BYTES) {
        broken = true;
        return -1;
      }
      record = layout.nextRecordOffset(layout.endOf(record, length));
    }
    int header = (int) (data - start) - PageLayout.PAGE_HEADER_BYTES;
    int used = (int) (Math.min(pageEnd, position) - data);
    PageHeader.write(
        page,
        header,
        p,
        PageHeader.SEALED | (firstRecord > data ? PageHeader.CONTINUED : 0),
        count,
        used,
        count == 0 ? 0 : (int) (firstRecord - start));
    segment.file().write(start + header, page, header, PageLayout.PAGE_HEADER_BYTES);
    return record;
  }

  /** Ends the stream's own hold; from then on the last claim makes the extent sealable. */
  void release() {
    finishClaim();
  }
}
