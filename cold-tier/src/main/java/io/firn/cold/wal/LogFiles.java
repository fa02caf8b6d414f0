// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log: opens, recycles and deletes them, and chooses their sizes. Its fields are
 * guarded by the log's prepare lock.
 */
final class LogFiles {
  /* The spare segment is part of the reserve: its blocks are allocated, and it is taken only when no
   * other segment can be had. The log is then shortened by checkpoints until a segment is left
   * behind, which becomes the next spare one. So a full store logs removals for ever. */

  private static final String DIRECTORY = "wal";
  private static final long DOUBLING_NANOS = 1_000_000_000L;

  private final LogShape shape;
  private final Disk disk;
  private final DiskLedger ledger;
  private final Threads threads;
  private final TimeSource time;
  private final @Nullable LogArchive archive;
  private final AtomicBoolean directoryDirty = new AtomicBoolean();
  private final Deque<LogSegment> left = new ConcurrentLinkedDeque<>();

  /** Of earlier lives; changed in the checkpoint turn. */
  private final Queue<OldLogSegment> old = new ConcurrentLinkedQueue<>();

  private volatile @Nullable LogSegment recyclable;
  private volatile @Nullable LogSegment spare;
  private long nextSequence;
  private long lastOpenedNanos;
  private long currentCapacity;
  private boolean started;

  LogFiles(
      LogShape shape,
      Disk disk,
      DiskLedger ledger,
      Threads threads,
      TimeSource time,
      @Nullable LogArchive archive) {
    this.archive = archive;
    this.shape = shape;
    this.disk = disk;
    this.ledger = ledger;
    this.threads = threads;
    this.time = time;
    this.currentCapacity = shape.minimumBytes();
  }

  /** Prepares for the first segment. */
  void start(long sequence) throws IOException {
    nextSequence = sequence;
    lastOpenedNanos = time.nanoTime() - DOUBLING_NANOS;
    disk.createDirectories(DIRECTORY);
  }

  /** Makes the entry of the first segment durable. */
  void started() throws IOException {
    directoryDirty.set(true);
    syncDirectory();
    started = true;
  }

  /** Makes the entries of files durable that were created since the last time. */
  void syncDirectory() throws IOException {
    if (directoryDirty.getAndSet(false)) {
      boolean done = false;
      try {
        disk.syncDirectory(DIRECTORY);
        done = true;
      } finally {
        if (!done) {
          directoryDirty.set(true);
        }
      }
    }
  }

  /** Opens the next segment: over a recycled file or in a new one. */
  LogSegment openNext(long keepFree) throws IOException {
    chooseCapacity();
    LogSegment reused = recyclable;
    recyclable = null;
    if (reused != null && reused.capacity == currentCapacity) {
      threads.step(Step.RECYCLE);
      return again(reused, reused.capacity);
    }
    if (reused != null) {
      left.add(reused);
    }
    return createSome(keepFree);
  }

  /** Opens the spare segment as the next one; null if there is none. */
  @Nullable LogSegment openSpare() {
    LogSegment last = spare;
    if (last == null) {
      return null;
    }
    spare = null;
    currentCapacity = shape.minimumBytes();
    threads.step(Step.RECYCLE);
    return again(last, last.preparedTo);
  }

  private LogSegment createSome(long keepFree) throws IOException {
    if (currentCapacity > shape.minimumBytes()) {
      try {
        return create(currentCapacity, keepFree);
      } catch (DiskFullException | DiskFullIoException e) {
        currentCapacity = shape.minimumBytes();
      }
    }
    return create(currentCapacity, keepFree);
  }

  private void chooseCapacity() {
    long now = time.nanoTime();
    if (now - lastOpenedNanos < DOUBLING_NANOS && currentCapacity < shape.maximumBytes()) {
      currentCapacity *= 2;
    }
    lastOpenedNanos = now;
  }

  private LogSegment again(LogSegment segment, long limit) {
    return new LogSegment(nextSequence++, segment.capacity, limit, segment.file, segment.region);
  }

  private LogSegment create(long capacity, long keepFree) throws IOException {
    reserveSegment(capacity, keepFree);
    DiskFile file = null;
    try {
      String path = DIRECTORY + "/" + String.format("%016x.wal", nextSequence);
      file = disk.open(path, Disk.OpenMode.CREATE);
      directoryDirty.set(true);
      LogSegment opened =
          new LogSegment(nextSequence, capacity, capacity, file, file.region(0, capacity));
      nextSequence++;
      return opened;
    } catch (IOException e) {
      ledger.release(capacity);
      if (file != null) {
        file.close();
      }
      throw e;
    }
  }

  /** A store that is full, or has a lower limit than before, must open all the same. */
  private void reserveSegment(long capacity, long keepFree) {
    if (started) {
      ledger.reserve(capacity, keepFree, "a log segment");
    } else if (!ledger.tryReserve(capacity, keepFree)) {
      ledger.adopt(capacity);
    }
  }

  /** Tells whether there is a spare segment. */
  boolean hasSpare() {
    return spare != null || !threads.keeps(Rule.KEEP_RESERVE);
  }

  /** Makes the spare segment if it is missing, with all its blocks. */
  void ensureSpare() throws IOException {
    if (hasSpare()) {
      return;
    }
    LogSegment made = create(shape.minimumBytes(), 0);
    boolean done = false;
    try {
      made.region.prepare(0, made.capacity);
      made.preparedTo = made.capacity;
      spare = made;
      done = true;
    } finally {
      if (!done) {
        giveUp(made);
      }
    }
  }

  /**
   * Takes back what a busy time left: the next segments are small again, and so is the spare one.
   */
  void shrink() throws IOException {
    currentCapacity = shape.minimumBytes();
    LogSegment unused = recyclable;
    recyclable = null;
    if (unused != null) {
      left.add(unused);
    }
    LogSegment large = spare;
    if (large != null && large.capacity > shape.minimumBytes()) {
      LogSegment small = null;
      spare = null;
      try {
        ensureSpare();
        small = spare;
      } finally {
        if (small == null) {
          spare = large;
        } else {
          left.add(large);
        }
      }
    }
    deleteLeft();
  }

  /** Deletes the file of a segment. */
  void discard(LogSegment segment) throws IOException {
    if (!segment.emptied) {
      segment.region.close();
      segment.file.truncate(0);
      segment.emptied = true;
      segment.file.close();
    }
    disk.delete(segment.file.path());
    ledger.release(segment.capacity);
  }

  /** Keeps the content of a segment that is not needed any more, if there is an archive. */
  void archive(LogSegment segment) {
    if (archive != null && !segment.failed) {
      archive.keep(segment.file.path(), segment.sequence, segment.offsetOf(segment.endLsn));
    }
  }

  /** Takes a segment that is not needed any more: one becomes spare, one waits for reuse. */
  void leave(LogSegment segment) {
    threads.step(Step.RECYCLE);
    if (segment.failed) {
      left.add(segment);
    } else if (!hasSpare()) {
      spare = segment;
    } else if (recyclable == null && segment.capacity == currentCapacity) {
      recyclable = segment;
    } else {
      left.add(segment);
    }
  }

  /** Takes segments that are not needed any more, and deletes those that nobody will use. */
  void leave(List<LogSegment> segments) throws IOException {
    segments.forEach(this::leave);
    deleteLeft();
  }

  /** Takes a segment over that holds nothing, to be closed or deleted with the others. */
  void unused(LogSegment segment) {
    left.add(segment);
  }

  /** Deletes a segment that could not be prepared. */
  void giveUp(LogSegment segment) {
    left.add(segment);
    try {
      deleteLeft();
    } catch (IOException ignored) {
      // It stays in the list; whoever deletes next tries again.
    }
  }

  /** Deletes what nobody needs; what cannot be deleted now is tried again the next time. */
  void deleteLeft() throws IOException {
    while (!left.isEmpty()) {
      discard(left.element());
      left.remove();
    }
  }

  /** Takes over the segments of earlier lives, oldest first. */
  void keep(List<OldLogSegment> earlier) {
    old.addAll(earlier);
  }

  /** Deletes the segments of earlier lives that hold nothing at or above an LSN. */
  void retireOld(long keepFromLsn) throws IOException {
    for (OldLogSegment first = old.peek();
        first != null && first.endLsn() <= keepFromLsn;
        first = old.peek()) {
      threads.step(Step.RECYCLE);
      if (archive != null) {
        long used = first.endLsn() - first.baseLsn() + LogSegmentHeader.BYTES;
        archive.keep(first.path(), first.sequence(), used);
      }
      disk.delete(first.path());
      ledger.release(first.capacity());
      OldLogSegment unused = old.remove();
    }
  }

  /** Returns the oldest segment of an earlier life; null if there is none. */
  @Nullable OldLogSegment oldest() {
    return old.peek();
  }

  /** Returns the bytes of the files that this life does not append to. */
  long unusedBytes() {
    LogSegment waits = recyclable;
    LogSegment last = spare;
    long sum = waits == null ? 0 : waits.capacity;
    for (OldLogSegment segment : old) {
      sum += segment.capacity();
    }
    for (LogSegment segment : left) {
      sum += segment.capacity;
    }
    return last == null ? sum : sum + last.capacity;
  }

  /** Closes the files that hold nothing, or deletes them if {@code tidy}. */
  void close(boolean tidy) throws IOException {
    LogSegment waits = recyclable;
    LogSegment last = spare;
    if (waits != null) {
      left.add(waits);
    }
    if (last != null) {
      left.add(last);
    }
    try {
      if (tidy) {
        deleteLeft();
      }
    } finally {
      for (LogSegment segment : left) {
        if (!segment.emptied) {
          segment.close();
        }
      }
    }
  }
}
