// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.JobKind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a table can do for the room that a store lacks. It is made where that costs least, whoever
 * lacks it: a table that is not written to may hold the garbage of the whole store.
 *
 * @param tableId the table
 * @param tableBytes the length of its files
 * @param doubtful whether its last job has failed a moment ago
 * @param job what it would do
 */
public record RoomOffer(int tableId, long tableBytes, boolean doubtful, PlannedJob job) {
  private static final Comparator<RoomOffer> CHEAPEST_LAST =
      Comparator.comparing(RoomOffer::doubtful, Comparator.reverseOrder())
          .thenComparing(offer -> offer.job().kind(), Comparator.comparingInt(RoomOffer::rank))
          .thenComparingDouble(RoomOffer::gain);

  /**
   * Returns the cheapest of some offers: files that have expired, then the largest share of garbage
   * in what is moved, and only then what lives, of the table with most bytes in files, so that
   * small tables do not pay for large ones.
   *
   * @param evicts whether what lives may go
   */
  public static Optional<RoomOffer> cheapest(List<RoomOffer> offers, boolean evicts) {
    return offers.stream()
        .filter(offer -> evicts || offer.job().kind() != JobKind.EVICTION)
        .max(CHEAPEST_LAST);
  }

  private static int rank(JobKind kind) {
    return switch (kind) {
      case EXPIRY -> 2;
      case FILES -> 1;
      case EVICTION, SURVEY -> 0;
    };
  }

  private double gain() {
    return job.kind() == JobKind.EVICTION
        ? tableBytes
        : (double) job.savedBytes() / Math.max(1, job.plannedBytes());
  }
}
