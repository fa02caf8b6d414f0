// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

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
 * @param appendedLogBytes frames appended
 * @param snapshotBytes snapshots written
 * @param checkpoints how many checkpoints were completed
 * @param forces how many forces were completed
 * @param keptLogBytes log that the next recovery would have to read
 * @param damagedRecords how many records did not verify
 */
public record EngineStats(
    long usedDiskBytes,
    long maximumDiskBytes,
    long dataBytes,
    long logBytes,
    long indexBytes,
    long indexMemoryBytes,
    long putBytes,
    long appendedLogBytes,
    long snapshotBytes,
    long checkpoints,
    long forces,
    long keptLogBytes,
    long damagedRecords) {}
