// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.EvacuationFixture.check;
import static io.firn.cold.engine.EvacuationFixture.entries;
import static io.firn.cold.engine.EvacuationFixture.put;
import static io.firn.cold.engine.EvacuationFixture.seal;
import static io.firn.cold.engine.EvacuationFixture.settle;
import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.io.Disk;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A segment that is emptied in steps, and what is told and read of segments meanwhile. */
final class HeldSegmentTest {
  private static final int KEYS = 600;

  @Test
  void aSegmentEmptiedInSteps_getsNothingNew_andIsDroppedWhenLetGo() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(1))) {
      Table table = store.table();
      put(table, 0, KEYS, 0);
      seal(store);
      StoreSpace space = new StoreSpace(store.engine());
      SegmentUsage victim = space.segments(table).get(0);
      assertThat(victim.filling()).isFalse();
      assertThat(victim.survivors()).isFalse();
      assertThat(victim.liveBytes()).isPositive().isLessThanOrEqualTo(victim.usedBytes());
      int moved = 0;
      try (HeldSegment held = new Evacuator(table).hold(victim.number())) {
        assertThat(held.isEmpty()).isFalse();
        int pages = (int) (victim.capacityBytes() / victim.pageBytes());
        for (int page = 0; page < pages; page += 8) {
          moved += held.evacuate(page, 8, RecordFilter.KEEP_ALL, move -> {}).moved();
          put(table, KEYS + page, KEYS + page + 8, 0);
          settle(store);
        }
        assertThat(entries(table).values())
            .noneMatch(word -> Address.segment(word) == victim.number());
        assertThat(numbers(space, table)).contains(victim.number());
      }
      settle(store);
      assertThat(moved).isEqualTo((int) victim.liveRecords());
      assertThat(numbers(space, table)).doesNotContain(victim.number());
      assertThat(space.segments(table)).anyMatch(SegmentUsage::survivors);
      check(table, 0, KEYS, 0);
    }
  }

  @Test
  void aSegmentThatIsGone_holdsNothing() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(2))) {
      HeldSegment held = new Evacuator(store.table()).hold(99);
      assertThat(held.isEmpty()).isTrue();
      assertThat(held.evacuate(0, 10, RecordFilter.KEEP_ALL, move -> {}).pages()).isZero();
      held.close();
      held.close();
    }
  }

  @Test
  void aFilterMayTakeTheVisitsAway() throws IOException {
    RecordFilter anew =
        new RecordFilter() {
          @Override
          public boolean keep(long hash, long word, int bytes, long written, long expires) {
            return Address.visits(word) > 0;
          }

          @Override
          public boolean keepsVisits() {
            return false;
          }
        };
    try (StillStore store = StillStore.open(new SimDisk(3))) {
      Table table = store.table();
      put(table, 0, 10, 0);
      check(table, 0, 5, 0);
      seal(store);
      EvacuationResult result =
          new Evacuator(table).evacuate(EvacuationFixture.allPages(table), anew, move -> {});
      assertThat(result.moved()).isEqualTo(5);
      assertThat(result.rejected()).isEqualTo(5);
      assertThat(entries(table).values()).hasSize(5).allMatch(word -> Address.visits(word) == 0);
    }
  }

  @Test
  void aRecordAtTheVeryEndOfACutFile_isStillFound() throws IOException {
    SimDisk disk = new SimDisk(4);
    try (StillStore store = StillStore.open(disk)) {
      Table table = store.table();
      StillStore.put(table, StillStore.key(1), new byte[] {1, 2, 3});
      seal(store);
      long word = EvacuationFixture.word(table, 1);
      Segment segment = Objects.requireNonNull(table.space().find(Address.segment(word)));
      int length = segment.peekRecordBytes(Address.offset(word));
      assertThat(length).isPositive().isLessThanOrEqualTo(Address.boundBytes(word));
      disk.open(segment.path(), Disk.OpenMode.WRITE).truncate(Address.offset(word) + length);
      assertThat(segment.peekRecordBytes(Address.offset(word))).isEqualTo(length);
      byte[] more = new byte[length + 100];
      assertThat(segment.readPresent(Address.offset(word), more, more.length)).isEqualTo(length);
      assertThat(segment.readPresent(Address.offset(word) + length, more, 10)).isZero();
    }
  }

  private static List<Integer> numbers(StoreSpace space, Table table) {
    return space.segments(table).stream().map(SegmentUsage::number).toList();
  }
}
