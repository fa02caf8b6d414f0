// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.OpenExtent;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The extents that a crash left open, as recovery learns of them. For one thread. */
final class OpenExtents {
  private final Map<Integer, TreeMap<Long, OpenExtent>> byTable = new LinkedHashMap<>();

  /** An extent was opened; those that shared pages with it are gone. */
  void open(int tableId, OpenExtent extent) {
    TreeMap<Long, OpenExtent> open = byTable.computeIfAbsent(tableId, ignored -> new TreeMap<>());
    forget(tableId, extent);
    open.put(place(extent.segment(), extent.firstPage()), extent);
  }

  /** Forgets the extents that share pages with one. */
  void forget(int tableId, OpenExtent extent) {
    TreeMap<Long, OpenExtent> open = byTable.get(tableId);
    if (open == null) {
      return;
    }
    for (Iterator<OpenExtent> i = open.values().iterator(); i.hasNext(); ) {
      OpenExtent other = i.next();
      if (other.segment() == extent.segment()
          && other.firstPage() < extent.firstPage() + Math.max(1, extent.pages())
          && extent.firstPage() < other.firstPage() + other.pages()) {
        i.remove();
      }
    }
  }

  private static long place(int segment, int firstPage) {
    return ((long) segment << 32) | firstPage;
  }

  /** Tells whether there are any. */
  boolean any() {
    return byTable.values().stream().anyMatch(open -> !open.isEmpty());
  }

  /** The table is gone. */
  void forgetTable(int tableId) {
    TreeMap<Long, OpenExtent> unused = byTable.remove(tableId);
  }

  /** Makes all of them walkable; their bytes are durable and marked by now. */
  void seal(Engine engine) throws IOException {
    for (Map.Entry<Integer, TreeMap<Long, OpenExtent>> open : byTable.entrySet()) {
      Table table = engine.table(open.getKey());
      if (table != null && !open.getValue().isEmpty()) {
        seal(table, open.getValue());
      }
    }
  }

  private static void seal(Table table, NavigableMap<Long, OpenExtent> open) throws IOException {
    Map<OpenExtent, List<Long>> live = new LinkedHashMap<>();
    open.values().forEach(extent -> live.put(extent, new ArrayList<>()));
    table
        .index()
        .lockAll(
            partitions -> {
              for (Partition partition : partitions) {
                partition.forEach((hash, word) -> collect(table, open, live, word));
              }
            });
    for (Map.Entry<OpenExtent, List<Long>> extent : live.entrySet()) {
      long[] words = extent.getValue().stream().mapToLong(Long::longValue).toArray();
      Arrays.sort(words);
      table
          .space()
          .repairExtent(
              extent.getKey().segment(),
              extent.getKey().firstPage(),
              extent.getKey().pages(),
              words);
    }
  }

  private static void collect(
      Table table,
      NavigableMap<Long, OpenExtent> open,
      Map<OpenExtent, List<Long>> live,
      long word) {
    int page = table.space().layout().pageOf(Address.offset(word));
    Map.Entry<Long, OpenExtent> floor = open.floorEntry(place(Address.segment(word), page));
    if (floor == null) {
      return;
    }
    OpenExtent extent = floor.getValue();
    List<Long> words = live.get(extent);
    if (words != null
        && extent.segment() == Address.segment(word)
        && page < extent.firstPage() + extent.pages()) {
      words.add(Address.withoutVisits(word));
    }
  }
}
