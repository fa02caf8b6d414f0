// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.DiskFile;
import java.io.IOException;

/**
 * One file of the log that this life appends to. Its fields are guarded by the log's append lock,
 * except {@code preparedTo}, which belongs to whoever holds the log's prepare lock.
 */
final class LogSegment {
  final long sequence;
  final long capacity;

  /** File offset up to which frames may stand: less than the capacity if the disk had no more. */
  volatile long limit;

  /** A write or a force of it failed: it is never forced again, nor used again. */
  volatile boolean failed;

  /** The file was emptied and closed, and waits for its deletion. */
  boolean emptied;

  final DiskFile file;
  final AppendRegion region;

  /** File offset up to which the segment is zeroed and touched. */
  long preparedTo;

  /** LSN of the first frame; set when the segment becomes the current one. */
  long baseLsn = -1;

  /** LSN after the last frame; set when the next segment takes over. */
  long endLsn = Long.MAX_VALUE;

  long salt;

  LogSegment(long sequence, long capacity, long limit, DiskFile file, AppendRegion region) {
    this.sequence = sequence;
    this.capacity = capacity;
    this.limit = limit;
    this.file = file;
    this.region = region;
  }

  /** Returns the file offset of an LSN. */
  long offsetOf(long lsn) {
    return lsn - baseLsn + LogSegmentHeader.BYTES;
  }

  void close() throws IOException {
    region.close();
    file.close();
  }
}
