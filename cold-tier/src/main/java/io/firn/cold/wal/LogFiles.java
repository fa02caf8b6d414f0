// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The files of the log: opens, recycles and deletes them, and chooses their sizes. Its fields are
 * guarded by the log's prepare lock.
 */
final class LogFiles {
  private static final String DIRECTORY = "wal";
  private static final long DOUBLING_NANOS = 1_000_000_000L;

  private final LogShape shape;
  private final Disk disk;
  private final DiskLedger ledger;
  private final Threads threads;
  private final TimeSource time;
  private final @Nullable LogArchive archive;
  private final AtomicBoolean directoryDirty = new AtomicBoolean();
  private volatile @Nullable LogSegment recyclable;
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
      disk.syncDirectory(DIRECTORY);
    }
  }

  /** Opens the next segment, over a recycled file if there is one; under the prepare lock. */
  LogSegment openNext(long keepFree) throws IOException {
    LogSegment reused = recyclable;
    long now = time.nanoTime();
    if (now - lastOpenedNanos < DOUBLING_NANOS && currentCapacity < shape.maximumBytes()) {
      currentCapacity *= 2;
    }
    lastOpenedNanos = now;
    recyclable = null;
    if (reused != null) {
      threads.step(Step.RECYCLE);
      if (reused.capacity == currentCapacity) {
        return new LogSegment(nextSequence++, reused.capacity, reused.file, reused.region);
      }
      discard(reused);
    }
    reserveSegment(keepFree);
    DiskFile file = null;
    try {
      String path = DIRECTORY + "/" + String.format("%016x.wal", nextSequence);
      file = disk.open(path, Disk.OpenMode.CREATE);
      directoryDirty.set(true);
      LogSegment opened =
          new LogSegment(nextSequence, currentCapacity, file, file.region(currentCapacity));
      nextSequence++;
      return opened;
    } catch (IOException e) {
      ledger.release(currentCapacity);
      if (file != null) {
        file.close();
      }
      throw e;
    }
  }

  /** A store that is full, or has a lower limit than before, must open all the same. */
  private void reserveSegment(long keepFree) {
    if (started) {
      ledger.reserve(currentCapacity, keepFree, "a log segment");
    } else if (!ledger.tryReserve(currentCapacity, keepFree)) {
      ledger.adopt(currentCapacity);
    }
  }

  /** Returns the bytes of the file that waits for reuse. */
  long spareBytes() {
    LogSegment spare = recyclable;
    return spare == null ? 0 : spare.capacity;
  }

  /** Deletes the file of a segment. */
  void discard(LogSegment segment) throws IOException {
    segment.region.close();
    segment.file.truncate(0);
    segment.file.close();
    disk.delete(segment.file.path());
    ledger.release(segment.capacity);
  }

  /** Keeps one file for reuse and deletes the others, after their content was archived. */
  void recycleOrDelete(LogSegment segment, Lock prepareLock) throws IOException {
    threads.step(Step.RECYCLE);
    if (archive != null) {
      archive.keep(segment.file.path(), segment.sequence, segment.offsetOf(segment.endLsn));
    }
    prepareLock.lock();
    try {
      if (recyclable == null && segment.capacity == currentCapacity) {
        recyclable = segment;
        return;
      }
    } finally {
      prepareLock.unlock();
    }
    discard(segment);
  }

  /** Deletes a segment of an earlier life. */
  void delete(OldLogSegment segment) throws IOException {
    if (archive != null) {
      long used = segment.endLsn() - segment.baseLsn() + LogSegmentHeader.BYTES;
      archive.keep(segment.path(), segment.sequence(), used);
    }
    disk.delete(segment.path());
    ledger.release(segment.capacity());
  }

  /** Closes the file that waits for reuse, or deletes it if {@code tidy}. */
  void close(boolean tidy) throws IOException {
    LogSegment spare = recyclable;
    if (spare != null && tidy) {
      discard(spare);
    } else if (spare != null) {
      spare.close();
    }
  }
}
