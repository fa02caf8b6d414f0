// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.format.ExtentState;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.OpenExtent;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The extents that a crash left open, as recovery learns of them. For one thread. */
final class OpenExtents {
  private final Runs open = new Runs();

  /** Those that were sealed since redo began, or what is left of them. */
  private final Runs sealed = new Runs();

  /** Those of the open ones that had been sealed before. */
  private final Set<OpenExtent> again = new HashSet<>();

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
    cutSealed(tableId, extent);
    open.add(tableId, extent);
  }

  /** An extent was sealed: nothing is to be done for it, unless one of its records is repaired. */
  void sealed(int tableId, OpenExtent extent) {
    open.remove(tableId, extent);
    cutSealed(tableId, extent);
    if (extent.pages() > 0) {
      sealed.add(tableId, extent);
    }
  }

  /** An extent was sealed, but nobody knows whether what sealing wrote reached the disk. */
  void sealAgain(int tableId, OpenExtent extent) {
    open(tableId, extent);
    again.add(extent);
  }

  /**
   * All that were sealed since redo began are to be sealed again: forces of a life with durable
   * puts cover the log alone.
   */
  void sealAllAgain() {
    sealed.byTable.forEach(
        (tableId, runs) -> {
          for (OpenExtent run : runs.values()) {
            open.add(tableId, run);
            again.add(run);
          }
        });
    sealed.byTable.clear();
  }

  /** Logs which extents are sealed again, so that a crash meanwhile does not leave them half so. */
  void logSealedAgain(Engine engine) {
    FrameWriter frame = new FrameWriter();
    open.byTable.forEach(
        (tableId, runs) -> {
          for (OpenExtent run : runs.values()) {
            if (again.contains(run) && engine.table(tableId) != null) {
              int length =
                  frame.segmentState(
                      tableId, run.segment(), ExtentState.OPEN, run.firstPage(), run.pages());
              long unused = engine.log().append(frame, length);
            }
          }
        });
  }

  /** Takes the pages of an extent away from those that were sealed; what is left of them stays. */
  private void cutSealed(int tableId, OpenExtent extent) {
    int first = extent.firstPage();
    int end = first + extent.pages();
    for (OpenExtent other : sealed.remove(tableId, extent)) {
      int otherEnd = other.firstPage() + other.pages();
      if (other.firstPage() < first) {
        int left = first - other.firstPage();
        sealed.add(tableId, new OpenExtent(other.segment(), other.firstPage(), left));
      }
      if (otherEnd > end) {
        sealed.add(tableId, new OpenExtent(other.segment(), end, otherEnd - end));
      }
    }
  }

  /** A record was written again: the headers and checksums of its pages have to follow. */
  void reopen(int tableId, int segment, int page) {
    for (OpenExtent run : sealed.remove(tableId, new OpenExtent(segment, page, 1))) {
      open.add(tableId, run);
      again.add(run);
    }
  }

  /** The segment is gone. */
  void forgetSegment(int tableId, int segment) {
    OpenExtent all = new OpenExtent(segment, 0, Integer.MAX_VALUE / 2);
    open.remove(tableId, all);
    sealed.remove(tableId, all);
  }

  /** The table is gone. */
  void forgetTable(int tableId) {
    open.byTable.remove(tableId);
    sealed.byTable.remove(tableId);
  }

  /** Tells whether there are any. */
  boolean any() {
    return open.byTable.values().stream().anyMatch(runs -> !runs.isEmpty());
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
    for (Map.Entry<Integer, NavigableMap<Long, OpenExtent>> runs : open.byTable.entrySet()) {
      Table table = engine.table(runs.getKey());
      if (table != null && !runs.getValue().isEmpty()) {
        seal(table, runs.getValue());
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
