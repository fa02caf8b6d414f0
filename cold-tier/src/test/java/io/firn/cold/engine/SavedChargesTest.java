// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.format.Manifest;
import io.firn.cold.format.SegmentEntry;
import io.firn.cold.segment.Segment;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The charges that a close saves as a hint, beside those that the next life counts itself. */
final class SavedChargesTest {
  private static final int KEYS = 2_000;

  private static void fill(Table table) {
    for (int i = 0; i < KEYS; i++) {
      StillStore.put(table, i, 0);
    }
    for (int i = 0; i < KEYS; i += 3) {
      StillStore.put(table, i, 1);
    }
    for (int i = 0; i < KEYS; i += 5) {
      assertThat(StillStore.remove(table, i)).isTrue();
    }
  }

  @Test
  void savedCharges_areThoseThatTheIndexGives() throws IOException {
    SimDisk disk = new SimDisk(3);
    try (StillStore store = StillStore.open(disk)) {
      fill(store.table());
      store.work(1_000);
    }
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().recovery().clean()).isTrue();
      Manifest manifest = Objects.requireNonNull(store.engine().manifests().current());
      List<SegmentEntry> saved = manifest.tables().get(0).segments();
      Table table = store.table();
      for (int i = 0; i < KEYS; i++) {
        assertThat(StillStore.get(table, i) == null).isEqualTo(i % 5 == 0);
      }
      long records = 0;
      for (SegmentEntry entry : saved) {
        Segment segment = Objects.requireNonNull(table.space().find(entry.number()));
        assertThat(segment.liveCharge()).isEqualTo(entry.liveCharge());
        assertThat(segment.liveRecords()).isEqualTo(entry.liveRecords());
        records += entry.liveRecords();
      }
      assertThat(records).isEqualTo(KEYS - KEYS / 5);
    }
  }
}
