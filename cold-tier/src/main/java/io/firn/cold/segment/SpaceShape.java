// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.model.Address;
import java.io.IOException;

/**
 * The sizes of a table's data files.
 *
 * @param pageBytes size of a page, a power of two from 512 B to 64 KiB
 * @param minimumSegmentBytes smallest segment, a power of two from 64 KiB
 * @param maximumSegmentBytes largest segment that is not made for one record
 * @param maximumSegments highest segment number
 * @param extentPages how many pages a stream takes at a time
 * @param aheadBytes how far ahead of its writers an extent is kept zeroed
 * @param maximumStreams how many streams may be open at once; one for new records and one for
 *     survivors there is always
 * @param segmentsPerStream how many segments the live bytes must fill for each stream that is open;
 *     0 if any number will do
 */
public record SpaceShape(
    int pageBytes,
    long minimumSegmentBytes,
    long maximumSegmentBytes,
    int maximumSegments,
    int extentPages,
    long aheadBytes,
    int maximumStreams,
    int segmentsPerStream) {
  private static final int LIVE_SHARE = 128;
  private static final int STREAMS_FOR_TWO_AGES = 4;
  private static final int STREAMS_FOR_LIFESPANS = 8;
  private static final long SEGMENTS_FOR_SURVIVORS = 2;

  /** What has no expiry then fills three streams, and its survivors two. */
  private static final int STREAMS_WITHOUT_EXPIRY = 5;

  private static final int EXTENT_SHARE_OF_LONG_RUN = 8;
  private static final int SMALLEST_PAGE_BYTES = 512;
  private static final int LARGEST_PAGE_BYTES = 64 << 10;
  private static final long SMALLEST_SEGMENT_BYTES = 64 << 10;

  /** Checks the sizes. */
  public SpaceShape {
    if (Integer.bitCount(pageBytes) != 1
        || pageBytes < SMALLEST_PAGE_BYTES
        || pageBytes > LARGEST_PAGE_BYTES) {
      throw new IllegalArgumentException(
          "pageBytes must be a power of two from 512 to 65536: " + pageBytes);
    }
    if (minimumSegmentBytes < SMALLEST_SEGMENT_BYTES || maximumSegmentBytes < minimumSegmentBytes) {
      throw new IllegalArgumentException(
          "segment sizes must be at least "
              + SMALLEST_SEGMENT_BYTES
              + " bytes: "
              + minimumSegmentBytes
              + " to "
              + maximumSegmentBytes);
    }
  }

  /** Returns the size of a new segment for a table with this many live bytes. */
  long segmentBytes(long liveBytes) {
    long wanted = Long.highestOneBit(Math.max(1, liveBytes / LIVE_SHARE));
    return Math.max(minimumSegmentBytes, Math.min(maximumSegmentBytes, wanted));
  }

  /**
   * Returns the size of a new segment that has to hold a run of pages: its own one, if they would
   * take more than a quarter.
   *
   * @throws IOException if no segment may be that large
   */
  long segmentBytes(long liveBytes, int pages) throws IOException {
    long needed = (long) pages * pageBytes;
    long capacity = segmentBytes(liveBytes);
    if (needed > capacity / 4) {
      capacity = Math.max(capacity, needed);
    }
    if (capacity > Address.MAX_SEGMENT_BYTES) {
      throw new IOException("a record needs a segment of " + capacity + " bytes");
    }
    return capacity;
  }

  /** Returns how many pages a run has that is worth an extent; shorter ones are filled last. */
  int longRunPages() {
    return Math.max(1, extentPages / EXTENT_SHARE_OF_LONG_RUN);
  }

  /** Returns how many streams take new records by their remaining lifetime, at most. */
  int writeStreams() {
    return Math.max(1, maximumStreams - survivorStreams() - lifespanStreams());
  }

  /** Returns how many streams more take new records by their expected lifespan, at most. */
  int lifespanStreams() {
    return maximumStreams < STREAMS_FOR_LIFESPANS ? 0 : Lifespans.CLASSES;
  }

  /** Returns how many streams take what is moved out of other pages, at most. */
  int survivorStreams() {
    return maximumStreams < STREAMS_FOR_TWO_AGES ? 1 : 2;
  }

  /** Returns how many streams by expected lifespan a table with this many live bytes has. */
  int lifespanStreams(long liveBytes) {
    return bySize(liveBytes) < STREAMS_WITHOUT_EXPIRY ? 0 : lifespanStreams();
  }

  /** Returns how many streams by remaining lifetime a table with this many live bytes may have. */
  int writeStreams(long liveBytes) {
    return (int) Math.max(1, Math.min(writeStreams(), bySize(liveBytes)));
  }

  /** Returns how many survivor streams a table with this many live bytes may have open. */
  int survivorStreams(long liveBytes) {
    return (int) Math.max(1, Math.min(survivorStreams(), bySize(liveBytes)));
  }

  private long bySize(long liveBytes) {
    return segmentsPerStream == 0
        ? maximumStreams
        : liveBytes / (segmentsPerStream * segmentBytes(liveBytes));
  }

  /**
   * Returns the bytes that new records leave to the survivor streams: two segments for each, as the
   * free pages of a segment that is emptied are of no use to them.
   */
  long evacuationBytes(long liveBytes) {
    return liveBytes == 0
        ? 0
        : SEGMENTS_FOR_SURVIVORS * survivorStreams(liveBytes) * segmentBytes(liveBytes);
  }
}
