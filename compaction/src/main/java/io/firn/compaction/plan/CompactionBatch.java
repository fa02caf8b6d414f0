// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.cold.segment.PageRun;
import java.time.Duration;
import java.util.List;

/**
 * Pages that are evacuated together, with one force of what was copied.
 *
 * @param pages ascending by segment and page, neighbours in one run
 * @param totalSpace bytes of the pages, which are read
 * @param liveBytes bytes of their live records, which are written
 * @param estimatedTime how long that takes
 */
public record CompactionBatch(
    List<PageRun> pages, long totalSpace, long liveBytes, Duration estimatedTime) {
  /** Copies the list. */
  public CompactionBatch {
    pages = List.copyOf(pages);
  }

  /** Returns the bytes that come back, as far as is known. */
  public long savedBytes() {
    return Math.max(0, totalSpace - liveBytes);
  }
}
