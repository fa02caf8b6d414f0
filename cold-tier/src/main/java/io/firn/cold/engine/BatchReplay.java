// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FrameReader;
import io.firn.cold.format.LogFrame;
import io.firn.cold.wal.LogHistory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The frames of batches during a replay: kept from where they stand to the commit, at whose place
 * they count. Frames of batches without a commit are not kept. For one thread.
 */
final class BatchReplay {
  private final Map<Long, LogHistory.Commit> commits;
  private final Map<Long, List<RedoChange>> collected = new HashMap<>();

  BatchReplay(Map<Long, LogHistory.Commit> commits) {
    this.commits = commits;
  }

  /** Takes a frame that is in a batch. */
  void collect(long lsn, FrameReader frame) {
    if (commits.containsKey(frame.batchId())) {
      collected
          .computeIfAbsent(frame.batchId(), ignored -> new ArrayList<>())
          .add(RedoChange.of(lsn, frame));
    }
  }

  /**
   * Returns the changes of the batch whose commit a reader stands at; none if some of its frames
   * are missing: they stand before the replay, so that every snapshot has the batch, or in a gap.
   */
  List<RedoChange> take(FrameReader frame) throws CorruptBytesException {
    LogFrame decoded = LogFrame.decode(frame, "log");
    if (decoded instanceof LogFrame.BatchCommit commit) {
      List<RedoChange> changes = collected.remove(commit.batchId());
      return changes != null && changes.size() == commit.count() ? changes : List.of();
    }
    return List.of();
  }
}
