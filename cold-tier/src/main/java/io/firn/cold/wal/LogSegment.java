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
  final DiskFile file;
  final AppendRegion region;

  /** File offset up to which the segment is zeroed and touched. */
  long preparedTo;

  /** LSN of the first frame; set when the segment becomes the current one. */
  long baseLsn = -1;

  /** LSN after the last frame; set when the next segment takes over. */
  long endLsn = Long.MAX_VALUE;

  long salt;

  LogSegment(long sequence, long capacity, DiskFile file, AppendRegion region) {
    this.sequence = sequence;
    this.capacity = capacity;
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
