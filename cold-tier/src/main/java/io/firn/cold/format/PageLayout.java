// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.io.IOException;

/**
 * Where the bytes of records stand in a segment file: an array of pages, each with a header, the
 * first also with the segment's. Records follow one another in the room between the headers, so a
 * record that crosses a page border is interrupted by the next page's header and by nothing else.
 *
 * <p>Offsets are bytes from the start of the file. Immutable and thread-safe.
 */
public final class PageLayout {
  /** Size of the segment header at the start of page 0. */
  public static final int SEGMENT_HEADER_BYTES = 64;

  /** Size of the header of every page. */
  public static final int PAGE_HEADER_BYTES = 32;

  /** Smallest page. */
  public static final int MINIMUM_PAGE_BYTES = 512;

  /** Largest page. */
  public static final int MAXIMUM_PAGE_BYTES = 64 * 1024;

  private static final int FIRST_PAGE_HEADERS = SEGMENT_HEADER_BYTES + PAGE_HEADER_BYTES;
  private static final int NO_SHIFT = -1;

  private final int pageBytes;
  private final int shift;

  /**
   * Creates the layout for pages of a size in bytes; a power of two is the fastest.
   *
   * @throws IllegalArgumentException if the size is not 512 to 65,536
   */
  public PageLayout(int pageBytes) {
    if (pageBytes < MINIMUM_PAGE_BYTES || pageBytes > MAXIMUM_PAGE_BYTES) {
      throw new IllegalArgumentException("page of " + pageBytes + " bytes");
    }
    this.pageBytes = pageBytes;
    this.shift =
        Integer.bitCount(pageBytes) == 1 ? Integer.numberOfTrailingZeros(pageBytes) : NO_SHIFT;
  }

  /** Returns the size of a page. */
  public int pageBytes() {
    return pageBytes;
  }

  /** Returns the offset of a page's first byte for records. */
  public long firstByteOf(int page) {
    return (long) page * pageBytes + headersOf(page);
  }

  /** Returns the offset of a page's header. */
  public long headerOf(int page) {
    return (long) page * pageBytes + (page == 0 ? SEGMENT_HEADER_BYTES : 0);
  }

  /** Returns how many bytes for records one page has. */
  public int dataBytesOf(int page) {
    return pageBytes - headersOf(page);
  }

  /** Returns the number of the page in which an offset lies. */
  public int pageOf(long offset) {
    return (int) (shift == NO_SHIFT ? offset / pageBytes : offset >>> shift);
  }

  /**
   * Returns the offset just after the last byte of a record, the headers in between counted; a page
   * border if the record fills its last page.
   *
   * @param offset where the record starts; anywhere in the data of a page
   * @param recordBytes 0 or more
   * @throws IllegalArgumentException if {@code offset} is a page border or inside a header
   */
  public long endOf(long offset, int recordBytes) {
    int room = roomAt(offset);
    return recordBytes <= room ? offset + recordBytes : endAcross(offset, recordBytes, room);
  }

  /** Returns {@link #endOf} as a distance: the bytes to read in order to get the record. */
  public int physicalBytes(long offset, int recordBytes) {
    return (int) (endOf(offset, recordBytes) - offset);
  }

  /** Returns how many pages hold at least one byte of a record of at least one byte. */
  public int pagesTouched(long offset, int recordBytes) {
    return pageOf(endOf(offset, recordBytes) - 1) - pageOf(offset) + 1;
  }

  /** Returns how many bytes for records a run of pages has. */
  public long dataBytes(int firstPage, int pages) {
    long bytes = (long) pages * (pageBytes - PAGE_HEADER_BYTES);
    return firstPage == 0 && pages > 0 ? bytes - SEGMENT_HEADER_BYTES : bytes;
  }

  /** Returns where the record after one that ends at {@code end} starts. */
  public long nextRecordOffset(long end) {
    int page = pageOf(end);
    return end == (long) page * pageBytes ? firstByteOf(page) : end;
  }

  /**
   * Removes the headers from a physical copy, so that the record becomes contiguous from index 0
   * on; what stands behind it is left over.
   *
   * @param buffer holds the {@link #physicalBytes} of the record
   * @param recordBytes the record's length, the headers not counted
   * @param fileOffset where it starts; anywhere in the data of a page
   */
  public void join(byte[] buffer, int recordBytes, long fileOffset) {
    int room = roomAt(fileOffset);
    if (recordBytes > room) {
      joinAcross(buffer, recordBytes, room);
    }
  }

  /**
   * Names the pieces into which the headers cut a record, in order; none for a record of 0 bytes.
   *
   * @throws IOException if the receiver throws it
   */
  public void forEachPiece(long fileOffset, int recordBytes, Piece piece) throws IOException {
    int room = roomAt(fileOffset);
    int done = Math.min(room, recordBytes);
    if (done > 0) {
      piece.at(fileOffset, 0, done);
    }
    for (long next = fileOffset + room + PAGE_HEADER_BYTES; done < recordBytes; next += pageBytes) {
      int length = Math.min(pageBytes - PAGE_HEADER_BYTES, recordBytes - done);
      piece.at(next, done, length);
      done += length;
    }
  }

  private void joinAcross(byte[] buffer, int recordBytes, int room) {
    int perPage = pageBytes - PAGE_HEADER_BYTES;
    int source = room + PAGE_HEADER_BYTES;
    for (int target = room; target < recordBytes; target += perPage) {
      System.arraycopy(buffer, source, buffer, target, Math.min(perPage, recordBytes - target));
      source += pageBytes;
    }
  }

  private long endAcross(long offset, int recordBytes, int room) {
    int perPage = pageBytes - PAGE_HEADER_BYTES;
    int rest = recordBytes - room;
    int full = (rest - 1) / perPage;
    int last = rest - full * perPage;
    return offset + room + (long) full * pageBytes + PAGE_HEADER_BYTES + last;
  }

  private int roomAt(long offset) {
    int page = pageOf(offset);
    int within = (int) (offset - (long) page * pageBytes);
    if (offset < 0 || within < headersOf(page)) {
      throw new IllegalArgumentException("offset " + offset + " is not in the data of a page");
    }
    return pageBytes - within;
  }

  private static int headersOf(int page) {
    return page == 0 ? FIRST_PAGE_HEADERS : PAGE_HEADER_BYTES;
  }

  /** Receives the pieces of a record. */
  @FunctionalInterface
  public interface Piece {
    /**
     * Takes one piece.
     *
     * @param fileOffset where it stands in the file
     * @param logicalOffset where it stands in the record
     * @param length its bytes, at least 1
     * @throws IOException if it cannot be read or written
     */
    void at(long fileOffset, int logicalOffset, int length) throws IOException;
  }
}
