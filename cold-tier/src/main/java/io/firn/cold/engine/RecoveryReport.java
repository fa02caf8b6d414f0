// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.wal.LogHistory;
import java.util.List;

/**
 * What opening a store found.
 *
 * @param created whether the store is new
 * @param clean whether it had been closed
 * @param frames how many frames of the log were applied
 * @param entries live entries; those of partitions not loaded yet as the manifest counts them
 * @param gaps ranges of the log that were damaged
 * @param emptiedTables tables that were emptied because removals may have been lost
 * @param damagedSnapshots snapshots that did not verify and were replaced by older ones
 * @param repairedRecords records that were written again from their frames
 * @param problems what else was damaged, in words
 * @param nanos how long it took
 */
public record RecoveryReport(
    boolean created,
    boolean clean,
    long frames,
    long entries,
    List<LogHistory.Gap> gaps,
    int emptiedTables,
    long damagedSnapshots,
    long repairedRecords,
    List<String> problems,
    long nanos) {
  /** Copies the lists. */
  public RecoveryReport {
    gaps = List.copyOf(gaps);
    problems = List.copyOf(problems);
  }
}
