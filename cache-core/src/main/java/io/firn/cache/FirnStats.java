// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.StoreStats;
import io.firn.cold.engine.EngineStats;
import io.firn.cold.engine.RecoveryReport;
import io.firn.cold.model.StoreState;
import java.time.Duration;
import java.time.Instant;

/**
 * What a store occupies now, what opening found, and what it has counted since; bytes unless said.
 *
 * @param state how well the store works; see {@link StoreState}
 * @param stateReason why, in words; empty while all is well
 * @param stateSince when the state changed last
 * @param diskBytes all files of the store, reservations included
 * @param maximumDiskBytes their limit
 * @param dataBytes data files
 * @param logBytes log files
 * @param indexBytes snapshots of the index
 * @param indexMemoryBytes off-heap memory of the index
 * @param writtenBytes records written since the store was opened
 * @param movedBytes copies of records that compaction has made since
 * @param writeAmplification bytes handed to the file system per byte of records, zeroing not
 *     counted; 0 while nothing was written
 * @param keptLogBytes log that the next recovery would have to read
 * @param checkpoints how many checkpoints were completed
 * @param forces how many forces were completed
 * @param damagedRecords how many records did not verify when they were read
 * @param openedCleanly whether the store had been closed before this opening
 * @param recoveredEntries entries that opening found
 * @param recoveryTime how long opening took
 * @param openingProblems how many damaged structures opening met
 */
public record FirnStats(
    StoreState state,
    String stateReason,
    Instant stateSince,
    long diskBytes,
    long maximumDiskBytes,
    long dataBytes,
    long logBytes,
    long indexBytes,
    long indexMemoryBytes,
    long writtenBytes,
    long movedBytes,
    double writeAmplification,
    long keptLogBytes,
    long checkpoints,
    long forces,
    long damagedRecords,
    boolean openedCleanly,
    long recoveredEntries,
    Duration recoveryTime,
    int openingProblems) {
  static FirnStats of(StoreStats store) {
    EngineStats engine = store.engine();
    RecoveryReport recovery = store.recovery();
    long written = engine.putBytes();
    long handed =
        written + engine.movedBytes() + engine.appendedLogBytes() + engine.snapshotBytes();
    return new FirnStats(
        store.health().state(),
        store.health().reason(),
        Instant.ofEpochMilli(store.health().sinceMillis()),
        engine.usedDiskBytes(),
        engine.maximumDiskBytes(),
        engine.dataBytes(),
        engine.logBytes(),
        engine.indexBytes(),
        engine.indexMemoryBytes(),
        written,
        engine.movedBytes(),
        written == 0 ? 0 : (double) handed / written,
        engine.keptLogBytes(),
        engine.checkpoints(),
        engine.forces(),
        engine.damagedRecords(),
        recovery.clean(),
        recovery.entries(),
        Duration.ofNanos(recovery.nanos()),
        recovery.problems().size() + recovery.gaps().size());
  }
}
