// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.segment.Segment;

/**
 * What an engine uses and did since it was opened; bytes unless said.
 *
 * @param usedDiskBytes all files, reservations included
 * @param maximumDiskBytes their limit
 * @param dataBytes data segments
 * @param logBytes log segments
 * @param indexBytes snapshots of the index
 * @param indexMemoryBytes off-heap memory of the index
 * @param putBytes records written
 * @param movedBytes copies of records that were moved to other pages
 * @param appendedLogBytes frames appended
 * @param snapshotBytes snapshots written
 * @param checkpoints how many checkpoints were completed
 * @param forces how many forces were completed
 * @param keptLogBytes log that the next recovery would have to read
 * @param damagedRecords how many records did not verify
 * @param archiveBytes archived log segments
 * @param archiveFailures log segments that should have been archived and could not
 */
public record EngineStats(
    long usedDiskBytes,
    long maximumDiskBytes,
    long dataBytes,
    long logBytes,
    long indexBytes,
    long indexMemoryBytes,
    long putBytes,
    long movedBytes,
    long appendedLogBytes,
    long snapshotBytes,
    long checkpoints,
    long forces,
    long keptLogBytes,
    long damagedRecords,
    long archiveBytes,
    long archiveFailures) {
  static EngineStats of(Engine engine, long damagedRecords, long appendedLogBytes) {
    long dataBytes = 0;
    long indexBytes = 0;
    long memoryBytes = 0;
    long putBytes = 0;
    long movedBytes = 0;
    for (Table table : engine.tables()) {
      for (Segment segment : table.space().segments()) {
        dataBytes += segment.capacity();
      }
      indexBytes += table.indexFile().usedBytes();
      memoryBytes += table.indexMemoryBytes();
      putBytes += table.counters().putBytes.sum();
      movedBytes += table.counters().movedBytes.sum();
    }
    return new EngineStats(
        engine.ledger().usedBytes(),
        engine.ledger().maximumBytes(),
        dataBytes,
        engine.log().diskBytes(),
        indexBytes,
        memoryBytes,
        putBytes,
        movedBytes,
        appendedLogBytes,
        engine.checkpointer().snapshotBytes(),
        engine.checkpointer().checkpoints(),
        engine.forcer().rounds(),
        engine.log().end() - engine.log().oldestLsn(),
        damagedRecords,
        engine.archive().bytes(),
        engine.archive().failures());
  }
}
