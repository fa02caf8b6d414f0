// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.SegmentEntry;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskFullIoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one table by number, and their files. Thread-safe: lookups take no lock, changes
 * take the space lock, which is never held over I/O.
 */
final class SegmentFiles {
  private final int tableId;
  private final SpaceShape shape;
  private final PageLayout layout;
  private final Disk disk;
  private final Threads threads;
  private final SpaceJournal journal;
  private final Lock lock;
  private final TreeMap<Integer, Long> dropped = new TreeMap<>();
  private volatile @Nullable Segment[] segments = new Segment[16];
  private int nextNumber = 1;

  SegmentFiles(
      int tableId,
      SpaceShape shape,
      PageLayout layout,
      Disk disk,
      Threads threads,
      SpaceJournal journal,
      Lock lock) {
    this.tableId = tableId;
    this.shape = shape;
    this.layout = layout;
    this.disk = disk;
    this.threads = threads;
    this.journal = journal;
    this.lock = lock;
  }

  /** Returns the directory of a table's segments. */
  static String directory(int tableId) {
    return "data/" + tableId;
  }

  /** Returns the path of a segment's file. */
  static String path(int tableId, int number) {
    return directory(tableId) + "/" + number + ".seg";
  }

  /** Returns a segment, or null if there is none of that number, or it was dropped. */
  @Nullable Segment find(int number) {
    @Nullable Segment[] all = segments;
    Segment segment = number < all.length ? all[number] : null;
    return segment == null || segment.isDropped() ? null : segment;
  }

  /** Returns a segment, or null if there is none of that number. */
  @Nullable Segment any(int number) {
    @Nullable Segment[] all = segments;
    return number < all.length ? all[number] : null;
  }

  /** Returns every segment that exists, ascending by number. */
  List<Segment> all() {
    List<Segment> all = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment != null) {
        all.add(segment);
      }
    }
    return all;
  }

  /** Creates the file of a new segment, which is held open as if an extent were in it. */
  Segment create(int streamClass, long capacity) throws IOException {
    int number = takeNumber();
    DiskFile file = null;
    boolean done = false;
    try {
      disk.createDirectories(directory(tableId));
      file = disk.open(path(tableId, number), Disk.OpenMode.CREATE);
      long lsnBase = journal.endLsn();
      long now = journal.wallMillis();
      file.region(0, capacity).close(); // the size, for readers, but no blocks
      Segment segment =
          new Segment(tableId, number, capacity, streamClass, lsnBase, now, layout, threads, file);
      byte[] header = new byte[PageLayout.SEGMENT_HEADER_BYTES];
      segment.header().encode(header);
      file.write(0, header, 0, header.length);
      journal.dirty(segment);
      segment.openExtents = 1;
      put(segment);
      done = true;
      return segment;
    } finally {
      if (!done) {
        undoCreate(number, file);
      }
    }
  }

  /** Takes back a segment that could not be created; its file must not take space unaccounted. */
  private void undoCreate(int number, @Nullable DiskFile file) throws IOException {
    giveNumberBack(number);
    if (file != null) {
      file.truncate(0);
      file.close();
      disk.delete(file.path());
    }
  }

  private int takeNumber() throws IOException {
    lock.lock();
    try {
      long safe = journal.oldestSnapshotLsn();
      for (var entry : dropped.entrySet()) {
        if (entry.getValue() < safe || !threads.keeps(Rule.REUSE_NUMBER_AFTER_SWEEP)) {
          // Taken before the removal, after which a tree's entry may stand for its successor.
          int number = entry.getKey();
          dropped.remove(number);
          return number;
        }
      }
      if (nextNumber > shape.maximumSegments()) {
        throw new DiskFullIoException(
            "table " + tableId + " has used all " + shape.maximumSegments() + " segment numbers",
            null);
      }
      return nextNumber++;
    } finally {
      lock.unlock();
    }
  }

  private void giveNumberBack(int number) {
    lock.lock();
    try {
      dropped.put(number, 0L);
    } finally {
      lock.unlock();
    }
  }

  private void put(Segment segment) {
    lock.lock();
    try {
      @Nullable Segment[] all = segments;
      int needed = segment.number() + 1;
      @Nullable Segment[] copy =
          Arrays.copyOf(all, Math.max(all.length, Integer.highestOneBit(needed) * 2));
      copy[segment.number()] = segment;
      segments = copy;
    } finally {
      lock.unlock();
    }
  }

  private void remove(Segment segment) {
    @Nullable Segment[] copy = segments.clone();
    copy[segment.number()] = null;
    segments = copy;
  }

  /** Opens the file of a segment that an earlier life left; null if there is none. */
  @Nullable Segment restore(SegmentEntry entry) throws IOException {
    int number = entry.number();
    nextNumber = Math.max(nextNumber, number + 1);
    if (!disk.exists(path(tableId, number))) {
      Long unused = dropped.merge(number, entry.lsnBase(), Math::max);
      return null;
    }
    DiskFile file = disk.open(path(tableId, number), Disk.OpenMode.WRITE);
    Segment segment =
        new Segment(
            tableId,
            number,
            entry.capacity(),
            entry.streamClass(),
            entry.lsnBase(),
            entry.timeBaseMillis(),
            layout,
            threads,
            file);
    segment.expiry().restore(entry.latestExpiryMillis());
    dropped.remove(number);
    put(segment);
    return segment;
  }

  /** Forgets a segment that a frame drops during recovery. */
  void restoreDropped(int number, long dropLsn) {
    nextNumber = Math.max(nextNumber, number + 1);
    lock.lock();
    try {
      Segment segment = any(number);
      if (segment != null) {
        remove(segment);
      }
      dropped.put(number, dropLsn);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a segment whose file was deleted; under the space lock. */
  void forget(Segment segment, long dropLsn) {
    remove(segment);
    dropped.put(segment.number(), dropLsn);
  }

  /** Returns the numbers that may not be used again yet, each with the LSN of its drop. */
  Map<Integer, Long> droppedNumbers() {
    lock.lock();
    try {
      return new TreeMap<>(dropped);
    } finally {
      lock.unlock();
    }
  }

  /** Notes that numbers below this were used. */
  void restoreNextNumber(int number) {
    nextNumber = Math.max(nextNumber, number);
  }

  /** Returns a number above all that were ever used. */
  int nextNumber() {
    return nextNumber;
  }
}
