// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.agent.Rule;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.segment.TableSpace;
import io.firn.compaction.plan.StoreFacts;

/** What new records can still take: in the store, and below the limit of a table that has one. */
final class RoomView {
  private static final int LOW_WATER_SEGMENTS = 4;
  private static final int LOW_WATER_SHARE = 64;

  private final StoreSpace space;

  RoomView(StoreSpace space) {
    this.space = space;
  }

  /** Returns what is available in the store, for files as large as any table has them. */
  StoreFacts store(boolean idle) {
    long largest =
        space.tables().stream().mapToLong(each -> each.space().segmentBytes()).max().orElse(0);
    return store(largest, idle);
  }

  private StoreFacts store(long segmentBytes, boolean idle) {
    long free = 0;
    for (Table each : space.tables()) {
      free += each.space().writableBytes();
    }
    long room = space.maximumBytes() - space.usedBytes() - space.headroomBytes();
    long usable = space.keeps(Rule.EVICT_AT_LIMIT) ? free + room : 0;
    return facts(usable, segmentBytes, space.maximumBytes(), idle);
  }

  /**
   * Returns what is available to a table: below its own limit if that is short, or in the store.
   */
  StoreFacts of(Table table, boolean idle) {
    long segmentBytes = table.space().segmentBytes();
    StoreFacts store = store(segmentBytes, idle);
    if (table.maximumBytes() == 0) {
      return store;
    }
    StoreFacts own = own(table, idle);
    return own.lackingBytes() > 0 || store.lackingBytes() <= 0 ? own : store;
  }

  private StoreFacts own(Table table, boolean idle) {
    return facts(ownBytes(table), table.space().segmentBytes(), table.maximumBytes(), idle);
  }

  /** Tells whether a table is short of room below its own limit, where no other can make any. */
  boolean lacksOwn(Table table) {
    return table.maximumBytes() != 0 && own(table, false).lackingBytes() > 0;
  }

  /** Tells whether a table's own limit is what keeps it from another file. */
  static boolean isAtOwnLimit(Table table) {
    return table.maximumBytes() != 0 && ownBytes(table) < table.space().segmentBytes();
  }

  private static long ownBytes(Table table) {
    TableSpace own = table.space();
    return table.maximumBytes()
        - own.fileBytes()
        - own.missingEvacuationBytes()
        + own.writableBytes();
  }

  private StoreFacts facts(long available, long segmentBytes, long limit, boolean idle) {
    long low = Math.max(LOW_WATER_SEGMENTS * segmentBytes, limit / LOW_WATER_SHARE);
    return new StoreFacts(available, low, idle, false, space.wallMillis(), space.openedMillis());
  }
}
