// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import static java.util.Objects.requireNonNull;

import io.firn.cold.agent.Threads;
import io.firn.cold.format.Frames;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.model.DiskFullException;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * What the log may still be written to: the rest of its current segment and the segments that are
 * ready behind it, zeroed ahead of the writers and accounted in credit. Thread-safe.
 */
final class LogRunway {
  /* Credit is prepared bytes that nobody has reserved. A segment grants what is prepared of it less a
   * margin for the frame that does not fit at its end, and gives the unused part of the margin back
   * when it is left. So whoever reserved bytes finds them under the append lock, and a roll always
   * finds its successor: nothing waits or fails there. */

  private final LogShape shape;
  private final LogFiles files;
  private final Lock turn;
  private final AtomicLong credit = new AtomicLong();
  private final Queue<LogSegment> ready = new ConcurrentLinkedQueue<>();
  private volatile Runnable lowCredit = () -> {};

  /** The segment that is being prepared; under the turn. */
  private @Nullable LogSegment tail;

  LogRunway(LogShape shape, LogFiles files, Threads threads) {
    this.shape = shape;
    this.files = files;
    this.turn = threads.newLock("log prepare");
  }

  /** Sets what to call, from any thread, when little credit is left. */
  void onLowCredit(Runnable signal) {
    lowCredit = signal;
  }

  /** Takes credit, if {@code left} of it remains; tells whether it did. */
  boolean take(int bytes, int left) {
    long rest = credit.addAndGet(-bytes);
    if (rest >= left) {
      if (rest < shape.aheadBytes() / 2) {
        lowCredit.run();
      }
      return true;
    }
    credit.addAndGet(bytes);
    return false;
  }

  /** Gives credit back. */
  void give(long bytes) {
    credit.addAndGet(bytes);
  }

  /** Tells whether it is time to prepare more. */
  boolean isLow() {
    return credit.get() < shape.aheadBytes() / 2;
  }

  /** Prepares until there is so much credit. {@code keepFree} bytes of the disk stay for others. */
  void prepare(long wanted, long keepFree) throws IOException {
    turn.lock();
    try {
      while (credit.get() < wanted) {
        prepareChunk(keepFree);
      }
    } finally {
      turn.unlock();
    }
  }

  private void prepareChunk(long keepFree) throws IOException {
    LogSegment last = tail;
    if (last != null && last.preparedTo < last.limit) {
      try {
        credit.addAndGet(zeroChunk(last));
        return;
      } catch (DiskFullIoException e) {
        if (!files.hasSpare()) {
          throw e;
        }
        last.limit = last.preparedTo;
      }
    }
    try {
      add(files.openNext(keepFree));
    } catch (DiskFullException | DiskFullIoException e) {
      LogSegment spare = files.openSpare();
      if (spare == null) {
        throw e;
      }
      add(spare);
    }
  }

  private void add(LogSegment fresh) throws IOException {
    boolean done = false;
    try {
      long chunk = zeroChunk(fresh);
      tail = fresh;
      ready.add(fresh);
      credit.addAndGet(chunk - LogSegmentHeader.BYTES - margin());
      done = true;
    } finally {
      if (!done) {
        files.giveUp(fresh);
      }
    }
  }

  private long zeroChunk(LogSegment segment) throws IOException {
    long chunk = Math.min(shape.chunkBytes(segment.capacity), segment.limit - segment.preparedTo);
    segment.region.prepare(segment.preparedTo, chunk);
    segment.preparedTo += chunk;
    return chunk;
  }

  private long margin() {
    return (long) shape.maximumFrameBytes() + Frames.HEADER_BYTES;
  }

  /** Returns the segment that is ready first; there is one. */
  LogSegment first() {
    return requireNonNull(ready.peek(), "no log segment is ready");
  }

  /**
   * The first segment becomes the current one.
   *
   * @param left the segment before it, with the file offset that no frame stands at
   */
  void enterFirst(@Nullable LogSegment left, long offset) {
    LogSegment unused = ready.remove();
    if (left != null) {
      credit.addAndGet(margin() + offset - left.limit);
    }
  }

  /**
   * Makes sure that all that was reserved has room behind a segment that has failed. Nobody may be
   * able to reserve meanwhile.
   */
  void prepareBehind(LogSegment failed, long offset) throws IOException {
    turn.lock();
    try {
      if (tail == failed) {
        failed.limit = failed.preparedTo;
        tail = null;
      }
      long lost = failed.limit - margin() - offset;
      while (ready.isEmpty() || credit.get() - lost < 0) {
        prepareChunk(0);
      }
    } finally {
      turn.unlock();
    }
  }

  /**
   * Makes a segment ready of the size that is chosen now, if none is ready yet, behind one that is
   * about to be left; tells whether it did.
   */
  boolean prepareSmaller(LogSegment large, long offset) throws IOException {
    turn.lock();
    try {
      if (tail != large || !ready.isEmpty()) {
        return false;
      }
      large.limit = large.preparedTo;
      tail = null;
      long lost = large.limit - margin() - offset;
      while (ready.isEmpty() || credit.get() < lost) {
        prepareChunk(shape.minimumBytes());
      }
      return true;
    } finally {
      turn.unlock();
    }
  }

  /** Gives up the first segment, which cannot be written. */
  void dropFirst() {
    turn.lock();
    try {
      LogSegment broken = ready.remove();
      if (tail == broken) {
        tail = null;
      }
      credit.addAndGet(LogSegmentHeader.BYTES + margin() - broken.preparedTo);
      broken.failed = true;
      files.leave(broken);
    } finally {
      turn.unlock();
    }
  }

  /** Runs something on the files, which the turn guards. */
  void inTurn(FilesAction action) throws IOException {
    turn.lock();
    try {
      action.run();
    } finally {
      turn.unlock();
    }
  }

  /** Something done to files. */
  @FunctionalInterface
  interface FilesAction {
    /** Does it. */
    void run() throws IOException;
  }

  /** Returns the bytes of the segments that are ready. */
  long readyBytes() {
    return ready.stream().mapToLong(segment -> segment.capacity).sum();
  }

  /** Closes the files that hold nothing, or deletes them if {@code tidy}. */
  void close(boolean tidy) throws IOException {
    ready.forEach(files::unused);
    files.close(tidy);
  }
}
