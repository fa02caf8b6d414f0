// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.segment.FreeSpaceMap;

/**
 * What happened to a table since it was opened.
 *
 * @param entries entries now, expired ones that were not removed yet included
 * @param hits reads that found a live record
 * @param misses reads that found none
 * @param expired misses because the record has expired
 * @param damaged misses because the record did not verify
 * @param collisions misses because another key has the same 64-bit hash
 * @param puts records written
 * @param putBytes bytes of records written
 * @param removes entries removed
 * @param liveBytes live charge of all records, in bytes
 * @param diskBytes data files, in bytes
 * @param freeSpace the free-space map of the data files in figures
 * @param indexMemoryBytes off-heap memory of the index, in bytes
 */
public record TableStats(
    long entries,
    long hits,
    long misses,
    long expired,
    long damaged,
    long collisions,
    long puts,
    long putBytes,
    long removes,
    long liveBytes,
    long diskBytes,
    FreeSpaceMap.Figures freeSpace,
    long indexMemoryBytes) {}
