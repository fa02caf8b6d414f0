// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.compaction.JobKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which table makes the room that the store lacks. */
final class RoomOfferTest {
  private static final RoomOffer EXPIRED = offer(1, 10, JobKind.EXPIRY, 100, 100);
  private static final RoomOffer MUCH_GARBAGE = offer(2, 10, JobKind.FILES, 100, 80);
  private static final RoomOffer LITTLE_GARBAGE = offer(3, 5_000, JobKind.FILES, 1_000, 300);
  private static final RoomOffer LARGE_TABLE = offer(4, 2_000, JobKind.EVICTION, 50, 50);
  private static final RoomOffer SMALL_TABLE = offer(5, 1_000, JobKind.EVICTION, 200, 200);

  @Test
  void whatHasExpired_goesFirst_thenGarbageByItsShare_thenTheLargestTable() {
    List<RoomOffer> order =
        List.of(EXPIRED, MUCH_GARBAGE, LITTLE_GARBAGE, LARGE_TABLE, SMALL_TABLE);
    for (int first = 0; first < order.size(); first++) {
      List<RoomOffer> offers = order.subList(first, order.size());
      assertThat(RoomOffer.cheapest(offers, true)).contains(order.get(first));
    }
    assertThat(RoomOffer.cheapest(List.of(), true)).isEmpty();
  }

  @Test
  void whereNothingThatLivesMayGo_nobodyEvicts() {
    assertThat(RoomOffer.cheapest(List.of(LARGE_TABLE, SMALL_TABLE), false)).isEmpty();
    assertThat(RoomOffer.cheapest(List.of(LARGE_TABLE, LITTLE_GARBAGE), false))
        .contains(LITTLE_GARBAGE);
  }

  @Test
  void aTableWhoseLastJobFailed_comesLast() {
    RoomOffer doubtful = new RoomOffer(1, EXPIRED.tableBytes(), true, EXPIRED.job());
    assertThat(RoomOffer.cheapest(List.of(doubtful, SMALL_TABLE), true)).contains(SMALL_TABLE);
    assertThat(RoomOffer.cheapest(List.of(doubtful), true)).contains(doubtful);
  }

  private static RoomOffer offer(
      int tableId, long tableBytes, JobKind kind, long plannedBytes, long savedBytes) {
    return new RoomOffer(
        tableId,
        tableBytes,
        false,
        new PlannedJob(kind, List.of(1), plannedBytes, savedBytes, true, 300, "test"));
  }
}
