// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.SegmentUsage;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.compaction.SegmentInfo;
import java.util.ArrayList;
import java.util.List;

/** Makes the planners' facts of what the engine tells. */
final class TableView {
  private TableView() {}

  /** Returns the files of a table as they are now. */
  static List<SegmentInfo> segments(StoreSpace space, Table table) {
    List<SegmentInfo> all = new ArrayList<>();
    for (SegmentUsage usage : space.segments(table)) {
      all.add(info(usage));
    }
    return all;
  }

  /** Returns the files of a table in which something may have expired. */
  static List<SegmentInfo> expiring(StoreSpace space, Table table) {
    List<SegmentInfo> some = new ArrayList<>();
    for (SegmentUsage usage : space.segments(table)) {
      if (!usage.filling() && (!usage.expiryKnown() || usage.expiredBytes() > 0)) {
        some.add(info(usage));
      }
    }
    return some;
  }

  /** Rows that are dead are not counted one by one: their number follows from their bytes. */
  private static SegmentInfo info(SegmentUsage usage) {
    long dead = Math.max(0, usage.usedBytes() - usage.liveBytes());
    long deadRows =
        usage.liveRecords() == 0 ? 0 : dead * usage.liveRecords() / Math.max(1, usage.liveBytes());
    return new SegmentInfo(
        usage.number(),
        usage.path(),
        Math.min(usage.fileBytes(), usage.capacityBytes()),
        usage.capacityBytes(),
        usage.liveBytes(),
        usage.liveRecords() + deadRows,
        deadRows,
        usage.expiredBytes(),
        usage.reusableBytes(),
        usage.latestExpiryMillis(),
        usage.createdMillis(),
        usage.streamClass(),
        !usage.filling(),
        usage.reads());
  }
}
