// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.format.ExtentState;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.OpenExtent;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The extents that a crash left open, as recovery learns of them. For one thread. */
final class OpenExtents {
  private final Runs open = new Runs();

  /** Pages in which a record was written again. */
  private final Set<PageOf> rewritten = new LinkedHashSet<>();

  private record PageOf(int tableId, int segment, int page) {}

  /**
   * An extent was opened. One that stands before it and reached into its pages had given them back;
   * one that begins in its pages is gone.
   */
  void open(int tableId, OpenExtent extent) {
    for (OpenExtent other : open.remove(tableId, extent)) {
      int left = extent.firstPage() - other.firstPage();
      if (left > 0) {
        open.add(tableId, new OpenExtent(other.segment(), other.firstPage(), left));
      }
    }
    open.add(tableId, extent);
  }

  /** An extent was sealed, durably. */
  void sealed(int tableId, OpenExtent extent) {
    open.remove(tableId, extent);
  }

  /** A record was written again: the checksums of its pages have to follow. */
  void rewritten(int tableId, int segment, int firstPage, int pages) {
    for (int p = firstPage; p < firstPage + pages; p++) {
      boolean unused = rewritten.add(new PageOf(tableId, segment, p));
    }
  }

  /**
   * Logs which extents are about to be sealed. The frames that say so may be gone by the next
   * opening, or say that one was sealed which a power failure undid.
   */
  void log(Engine engine) {
    FrameWriter frame = new FrameWriter();
    open.byTable.forEach(
        (tableId, runs) -> {
          for (OpenExtent run : runs.values()) {
            if (engine.table(tableId) != null) {
              int length =
                  frame.segmentState(
                      tableId, run.segment(), ExtentState.OPEN, run.firstPage(), run.pages());
              long unused = engine.log().append(frame, length);
            }
          }
        });
  }

  /** The segment is gone. */
  void forgetSegment(int tableId, int segment) {
    OpenExtent all = new OpenExtent(segment, 0, Integer.MAX_VALUE / 2);
    open.remove(tableId, all);
  }

  /** The table is gone. */
  void forgetTable(int tableId) {
    open.byTable.remove(tableId);
  }

  /** Tells whether there are any. */
  boolean any() {
    return !rewritten.isEmpty() || open.byTable.values().stream().anyMatch(runs -> !runs.isEmpty());
  }

  private static long place(int segment, int firstPage) {
    return ((long) segment << 32) | firstPage;
  }

  /** Runs of pages of which no two share any, by table and place. */
  private static final class Runs {
    final Map<Integer, NavigableMap<Long, OpenExtent>> byTable = new LinkedHashMap<>();

    void add(int tableId, OpenExtent run) {
      byTable
          .computeIfAbsent(tableId, ignored -> new TreeMap<>())
          .put(place(run.segment(), run.firstPage()), run);
    }

    /** Removes those that share pages with an extent, and returns them. */
    @CanIgnoreReturnValue
    List<OpenExtent> remove(int tableId, OpenExtent extent) {
      List<OpenExtent> removed = new ArrayList<>();
      NavigableMap<Long, OpenExtent> runs = byTable.getOrDefault(tableId, new TreeMap<>());
      int end = extent.firstPage() + Math.max(1, extent.pages());
      Map.Entry<Long, OpenExtent> last = runs.lowerEntry(place(extent.segment(), end));
      while (last != null
          && last.getValue().segment() == extent.segment()
          && extent.firstPage() < last.getValue().firstPage() + last.getValue().pages()) {
        removed.add(last.getValue());
        runs.remove(last.getKey());
        last = runs.lowerEntry(last.getKey());
      }
      return removed;
    }
  }

  /** Makes all of them walkable; their bytes are durable and marked by now. */
  void seal(Engine engine) throws IOException {
    for (PageOf page : rewritten) {
      Table table = engine.table(page.tableId);
      if (table != null) {
        table.space().renewChecksum(page.segment, page.page);
      }
    }
    for (Map.Entry<Integer, NavigableMap<Long, OpenExtent>> runs : open.byTable.entrySet()) {
      Table table = engine.table(runs.getKey());
      if (table != null && !runs.getValue().isEmpty()) {
        seal(table, runs.getValue());
      }
    }
    // What the log says of them stays, but a part of their pages may get another life.
    for (Table table : engine.tables()) {
      for (Segment segment : table.space().segments()) {
        if (segment.isDirty()) {
          engine.forcer().beforeSealed(segment);
        }
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
