// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.ColdTable;
import io.firn.cold.TableStats;
import java.util.concurrent.atomic.LongAdder;

/** What one cache has counted since it was opened. Thread-safe. */
final class CacheCounters {
  final LongAdder hotHits = new LongAdder();
  final LongAdder coldHits = new LongAdder();
  final LongAdder misses = new LongAdder();
  final LongAdder loads = new LongAdder();
  final LongAdder loadFailures = new LongAdder();
  final LongAdder promotions = new LongAdder();
  final LongAdder demotions = new LongAdder();
  final LongAdder shed = new LongAdder();
  final LongAdder undecodable = new LongAdder();

  private final ColdTable table;

  /* The table's own count goes on when a cache is closed and opened again in the same store. */
  private final long damagedBefore;

  CacheCounters(ColdTable table) {
    this.table = table;
    this.damagedBefore = table.stats().damaged();
  }

  CacheStats snapshot(HotTier<?> hot, long dirtyEntries) {
    TableStats cold = table.stats();
    return new CacheStats(
        hotHits.sum(),
        coldHits.sum(),
        misses.sum(),
        loads.sum(),
        loadFailures.sum(),
        promotions.sum(),
        demotions.sum(),
        shed.sum(),
        cold.damaged() - damagedBefore,
        undecodable.sum(),
        hot.size(),
        table.size(),
        dirtyEntries);
  }
}
