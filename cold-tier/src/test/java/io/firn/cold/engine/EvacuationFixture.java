// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.format.RecordReader;
import io.firn.cold.model.Address;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceAudit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What the tests of evacuation do to a store and look for in it. */
final class EvacuationFixture {
  private EvacuationFixture() {}

  /** Lets the workers act until nothing is left to seal, to force or to release. */
  static void settle(StillStore store) {
    for (int i = 0; i < 10; i++) {
      store.work(100);
    }
  }

  /** Seals every page. */
  static void seal(StillStore store) {
    store.table().space().closeStreams();
    settle(store);
  }

  /** Returns all pages of all segments. */
  static List<PageRun> allPages(Table table) {
    return table.space().segments().stream()
        .map(segment -> new PageRun(segment.number(), 0, segment.pages()))
        .toList();
  }

  static EvacuationResult evacuate(Table table, List<PageRun> pages) {
    return new Evacuator(table).evacuate(pages, RecordFilter.KEEP_ALL, move -> {});
  }

  /** Returns every entry, hash to address word. */
  static Map<Long, Long> entries(Table table) {
    Map<Long, Long> entries = new TreeMap<>();
    table
        .index()
        .lockAll(
            partitions ->
                partitions.forEach(p -> p.forEach((hash, word) -> entries.put(hash, word))));
    return entries;
  }

  /** Returns the address word of a key. */
  static long word(Table table, int key) {
    byte[] bytes = StillStore.key(key);
    return Address.withoutVisits(word(entries(table), table.hashOf(bytes, bytes.length)));
  }

  /** Returns the address word of a hash, with visits. */
  static long word(Map<Long, Long> entries, long hash) {
    return Objects.requireNonNull(entries.get(hash), "no entry");
  }

  /** Reads what stands at an address, which must verify. */
  static RecordReader record(Table table, long word) throws IOException {
    Segment segment = Objects.requireNonNull(table.space().find(Address.segment(word)));
    byte[] bytes = new byte[segment.readBytes(word)];
    segment.read(Address.offset(word), bytes, bytes.length);
    int logical = Address.boundBytes(word);
    table.space().layout().join(bytes, logical, Address.offset(word));
    RecordReader reader = new RecordReader();
    assertThat(
            reader.wrap(bytes, 0, logical, table.id(), segment.lsnBase(), segment.timeBaseMillis()))
        .isEqualTo(RecordReader.Verdict.OK);
    return reader;
  }

  /** Checks that the charges are those that follow from the index. */
  static void audit(Table table) {
    while (table.sweep()) {
      assertThat(table.isDropped()).isFalse();
    }
    Collection<Long> words = entries(table).values();
    SpaceAudit.check(table.space(), new ArrayList<>(words));
  }

  /** Checks that these keys hold what a round put there. */
  static void check(Table table, int from, int to, int round) {
    for (int i = from; i < to; i++) {
      assertThat(StillStore.get(table, i)).as("key %s", i).isEqualTo(StillStore.value(i, round));
    }
  }

  /** Puts these keys. */
  static void put(Table table, int from, int to, int round) {
    for (int i = from; i < to; i++) {
      StillStore.put(table, i, round);
    }
  }

  /** Puts a key that expires. */
  static void putExpiring(Table table, int key, int round, long expiresAtMillis) {
    byte[] bytes = StillStore.key(key);
    byte[] value = StillStore.value(key, round);
    long hash = table.hashOf(bytes, bytes.length);
    try (PendingWrite write =
        table.preparePut(hash, bytes, bytes.length, value, value.length, expiresAtMillis)) {
      assertThat(write.commit()).isPositive();
    }
  }
}
