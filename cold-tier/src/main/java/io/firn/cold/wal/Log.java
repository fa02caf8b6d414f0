// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Frames;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The appending side of the write-ahead log. A frame's position is its LSN.
 *
 * <p>An append is {@link #reserve} (the only step that waits or fails for space), {@link #begin}
 * (takes the append lock and the position), {@link #publish}, {@link #endAppend}. Thread-safe.
 */
public final class Log {
  /* Space is accounted in credit: prepared bytes that nobody has reserved. A segment grants what is
   * prepared of it less a margin for the frame that does not fit at its end, and gives the unused
   * part of the margin back when it is left. So whoever reserved bytes finds them under the append
   * lock, and a roll always finds its successor: nothing waits or fails there.
   *
   * Callers leave a part of the credit to the store's own frames (marks, checkpoints, drops): those
   * shorten the log, so they must find room when nothing else does.
   * Lock order: prepare lock, then append lock. The append lock is never held over I/O; the prepare
   * lock is the turn of whoever zeroes ahead. */

  /** Length of a mark. */
  public static final int MARK_BYTES = Frames.HEADER_BYTES + 2 * Long.BYTES;

  private static final int OWN_FRAMES_SHARE = 2;

  private final LogShape shape;
  private final LogFiles files;
  private final Threads threads;
  private final LongSupplier salts;
  private final Lock appendLock;
  private final Lock prepareLock;
  private final FrameWriter own = new FrameWriter();
  private final FrameWriter markWriter = new FrameWriter();
  private final byte[] header = new byte[LogSegmentHeader.BYTES];
  private final AtomicLong credit = new AtomicLong();
  private final Deque<LogSegment> ready = new ArrayDeque<>();
  private final List<LogSegment> closed = new ArrayList<>();
  private final Deque<OldLogSegment> old = new ArrayDeque<>();
  private final Deque<long[]> marks = new ArrayDeque<>();

  private @Nullable LogSegment current;
  private @Nullable LogSegment tail;
  private long position;
  private long forcedLsn;
  private volatile long end;
  private volatile long releaseLsn;
  private volatile @Nullable IOException failure;
  private volatile Runnable lowCredit = () -> {};

  /** Creates a log that is not started yet; what it retires is kept in the archive, if any. */
  public Log(
      LogShape shape,
      Disk disk,
      DiskLedger ledger,
      Threads threads,
      TimeSource time,
      LongSupplier salts,
      @Nullable LogArchive archive) {
    this.shape = shape;
    this.files = new LogFiles(shape, disk, ledger, threads, time, archive);
    this.threads = threads;
    this.salts = salts;
    this.appendLock = threads.newLock("log append");
    this.prepareLock = threads.newLock("log prepare");
  }

  /**
   * Opens the first segment of this life and makes its header durable.
   *
   * @param firstLsn above every LSN that an earlier life may have used, those of discarded frames
   *     included
   * @param previousEndLsn where the history of the earlier lives ended
   * @param sequence above that of every existing segment
   * @param earlier segments of earlier lives that are still needed, oldest first
   */
  public void start(long firstLsn, long previousEndLsn, long sequence, List<OldLogSegment> earlier)
      throws IOException {
    old.addAll(earlier);
    position = firstLsn;
    end = firstLsn;
    forcedLsn = firstLsn;
    files.start(sequence);
    prepareMore(1, 0);
    LogSegment first = ready.element();
    enter(first, firstLsn, previousEndLsn);
    ready.removeFirst();
    first.region.force();
    files.started();
  }

  /** Sets what to call, from any thread, when the prepared space runs low. */
  public void onLowCredit(Runnable signal) {
    lowCredit = signal;
  }

  /** Returns the first unpublished byte of the log. */
  public long end() {
    return end;
  }

  /** Returns the LSN up to which pages may be released: a mark at or above it was itself forced. */
  public long releaseLsn() {
    return releaseLsn;
  }

  /** Makes the log take no more frames: what it promised cannot be kept. */
  public void fail(IOException cause) {
    failure = cause;
  }

  /** Returns why the log takes no more frames, or null while it does. */
  public @Nullable IOException failure() {
    return failure;
  }

  /**
   * Reserves room for a caller's frame; may prepare more of the log. What the store's own frames
   * need is left to them.
   *
   * @param alignedBytes the frame's length, rounded up to a multiple of 8
   * @throws DiskFullException if there is no room
   * @throws StoreIoException if the log has failed
   */
  public void reserve(int alignedBytes) {
    reserve(alignedBytes, shape.maximumFrameBytes() / OWN_FRAMES_SHARE);
  }

  /** Reserves room for one of the store's own frames, like {@link #reserve}, to the last byte. */
  public void reserveOwn(int alignedBytes) {
    reserve(alignedBytes, 0);
  }

  private void reserve(int alignedBytes, int left) {
    if (alignedBytes > shape.maximumFrameBytes()) {
      throw new IllegalArgumentException(
          "frame of " + alignedBytes + " bytes, at most " + shape.maximumFrameBytes());
    }
    while (true) {
      checkNotFailed();
      long rest = credit.addAndGet(-alignedBytes);
      if (rest >= left) {
        if (rest < shape.aheadBytes() / 2) {
          lowCredit.run();
        }
        return;
      }
      credit.addAndGet(alignedBytes);
      try {
        prepareMore(alignedBytes + left, left);
      } catch (DiskFullIoException e) {
        throw new DiskFullException("the log cannot grow: " + e.getMessage(), e);
      } catch (IOException e) {
        throw new StoreIoException("the log cannot grow: " + e.getMessage(), e);
      }
    }
  }

  /** Gives a reservation back that was not used. */
  public void unreserve(int alignedBytes) {
    credit.addAndGet(alignedBytes);
  }

  /** Prepares the log ahead of its end if that is due; tells whether it did anything. */
  public boolean prepareAhead() throws IOException {
    if (failure != null || credit.get() >= shape.aheadBytes() / 2) {
      return false;
    }
    prepareMore(shape.aheadBytes() / 2, shape.minimumBytes());
    return true;
  }

  private void prepareMore(long wanted, long keepFree) throws IOException {
    prepareLock.lock();
    try {
      while (credit.get() < wanted) {
        prepareChunk(keepFree > 0 ? shape.minimumBytes() : 0);
      }
    } finally {
      prepareLock.unlock();
    }
  }

  private void prepareChunk(long keepFree) throws IOException {
    LogSegment last = tail;
    boolean fresh = last == null || last.preparedTo == last.capacity;
    LogSegment segment = last == null || fresh ? files.openNext(keepFree) : last;
    long chunk =
        Math.min(shape.chunkBytes(segment.capacity), segment.capacity - segment.preparedTo);
    try {
      segment.region.prepare(segment.preparedTo, chunk);
    } catch (IOException e) {
      if (fresh) {
        files.discard(segment);
      }
      throw e;
    }
    segment.preparedTo += chunk;
    if (fresh) {
      tail = segment;
      appendLock.lock();
      try {
        ready.add(segment);
      } finally {
        appendLock.unlock();
      }
    }
    credit.addAndGet(fresh ? chunk - LogSegmentHeader.BYTES - margin() : chunk);
  }

  private long margin() {
    return (long) shape.maximumFrameBytes() + Frames.HEADER_BYTES;
  }

  /**
   * Takes the append lock and the position for a frame whose room was reserved. Must be followed by
   * {@link #publish} or {@link #abandon}, and {@link #endAppend}.
   *
   * @return the frame's LSN
   * @throws StoreIoException if the log has failed; the reservation is given back then
   */
  public long begin(int alignedBytes) {
    appendLock.lock();
    boolean done = false;
    try {
      checkNotFailed();
      LogSegment segment = currentSegment();
      if (segment.offsetOf(position) + alignedBytes + Frames.HEADER_BYTES > segment.capacity) {
        roll(segment);
      }
      long lsn = position;
      if (!threads.keeps(Rule.ACKNOWLEDGE_BELOW_END)) {
        position += alignedBytes;
        end = position;
        appendLock.unlock();
      }
      threads.step(Step.LSN_TAKEN);
      done = true;
      return lsn;
    } finally {
      if (!done) {
        credit.addAndGet(alignedBytes);
        appendLock.unlock();
      }
    }
  }

  /**
   * Publishes the frame that stands in {@code frame} at the position that {@link #begin} returned.
   *
   * @throws StoreIoException if the bytes could not be written; the log takes no more frames then
   */
  public void publish(FrameWriter frame, int length, long lsn) {
    LogSegment segment = currentSegment();
    frame.seal(segment.salt, lsn, length);
    try {
      segment.region.publish(segment.offsetOf(lsn), frame.bytes(), 0, length);
    } catch (IOException e) {
      throw failed(e);
    }
    if (threads.keeps(Rule.ACKNOWLEDGE_BELOW_END)) {
      position = lsn + Frames.align8(length);
      end = position;
    }
    threads.step(Step.PUBLISHED);
  }

  /** Publishes a pad in place of a frame that could not be completed. */
  public void abandon(int alignedBytes, long lsn) {
    publish(own, own.pad(alignedBytes), lsn);
  }

  /** Gives the append lock back. */
  public void endAppend() {
    if (threads.keeps(Rule.ACKNOWLEDGE_BELOW_END)) {
      appendLock.unlock();
    }
  }

  /** Appends one frame of its own whose bytes another writer holds; returns its LSN. */
  public long append(FrameWriter frame, int length) {
    int aligned = Frames.align8(length);
    reserveOwn(aligned);
    long lsn = begin(aligned);
    try {
      publish(frame, length, lsn);
    } finally {
      endAppend();
    }
    return lsn;
  }

  private LogSegment currentSegment() {
    LogSegment segment = current;
    if (segment == null) {
      throw new IllegalStateException("the log was not started");
    }
    return segment;
  }

  /** Leaves the current segment; its successor is ready because its space was reserved. */
  private void roll(LogSegment segment) {
    int length = own.segmentEnd();
    own.seal(segment.salt, position, length);
    try {
      segment.region.publish(segment.offsetOf(position), own.bytes(), 0, length);
      position += length;
      segment.endLsn = position;
      credit.addAndGet(margin() - (segment.capacity - segment.offsetOf(position)) - length);
      closed.add(segment);
      enter(ready.remove(), position, position);
      end = position;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void enter(LogSegment next, long baseLsn, long previousEndLsn) throws IOException {
    next.baseLsn = baseLsn;
    next.salt = salts.getAsLong();
    new LogSegmentHeader(next.sequence, next.salt, baseLsn, previousEndLsn, next.capacity)
        .encode(header);
    next.region.put(0, header, 0, header.length);
    current = next;
  }

  private StoreIoException failed(IOException e) {
    failure = e;
    return new StoreIoException("the log cannot be written: " + e.getMessage(), e);
  }

  private void checkNotFailed() {
    IOException e = failure;
    if (e != null) {
      throw new StoreIoException("the log has failed: " + e.getMessage(), e);
    }
  }

  /**
   * Forces the log up to an LSN; on return every frame below it is durable, and so are the marks
   * among them. One caller at a time (the forcer's turn).
   */
  public void force(long upToLsn) throws IOException {
    if (upToLsn <= forcedLsn) {
      return;
    }
    List<LogSegment> dirty = new ArrayList<>();
    appendLock.lock();
    try {
      for (LogSegment segment : closed) {
        if (segment.endLsn > forcedLsn) {
          dirty.add(segment);
        }
      }
      dirty.add(currentSegment());
    } finally {
      appendLock.unlock();
    }
    try {
      files.syncDirectory();
      for (LogSegment segment : dirty) {
        segment.region.force();
      }
    } catch (IOException e) {
      failure = e;
      throw e;
    }
    forcedLsn = upToLsn;
    while (!marks.isEmpty() && marks.peek()[1] < upToLsn) {
      releaseLsn = marks.remove()[0];
    }
    threads.step(Step.LOG_FORCED);
  }

  /**
   * Appends the mark that log and data up to an LSN were forced. Same turn as {@link #force}.
   *
   * @return the LSN after the mark
   */
  public long mark(long forcedUpToLsn, long wallMillis) {
    if (!threads.keeps(Rule.MARK_AFTER_FORCE)) {
      return -1;
    }
    int length = markWriter.durable(forcedUpToLsn, wallMillis);
    long lsn = append(markWriter, length);
    marks.add(new long[] {forcedUpToLsn, lsn});
    if (!threads.keeps(Rule.RELEASE_ON_FORCED_MARK)) {
      releaseLsn = forcedUpToLsn;
    }
    threads.step(Step.MARKED);
    return lsn + Frames.align8(length);
  }

  /** Returns the LSN up to which the log was forced. */
  public long forcedLsn() {
    return forcedLsn;
  }

  /**
   * Gives up the segments that hold nothing at or above an LSN: one is kept for reuse, the others
   * are deleted.
   */
  public void retire(long keepFromLsn) throws IOException {
    while (!old.isEmpty() && old.peek().endLsn() <= keepFromLsn) {
      threads.step(Step.RECYCLE);
      OldLogSegment segment = old.remove();
      files.delete(segment);
    }
    List<LogSegment> gone = new ArrayList<>();
    appendLock.lock();
    try {
      for (Iterator<LogSegment> i = closed.iterator(); i.hasNext(); ) {
        LogSegment segment = i.next();
        if (segment.endLsn <= keepFromLsn && segment.endLsn <= forcedLsn) {
          gone.add(segment);
          i.remove();
        }
      }
    } finally {
      appendLock.unlock();
    }
    for (LogSegment segment : gone) {
      files.recycleOrDelete(segment, prepareLock);
    }
  }

  /** Returns the bytes of all log files that exist. */
  public long diskBytes() {
    appendLock.lock();
    try {
      long sum = files.spareBytes() + (current == null ? 0 : current.capacity);
      for (LogSegment segment : ready) {
        sum += segment.capacity;
      }
      for (LogSegment segment : closed) {
        sum += segment.capacity;
      }
      for (OldLogSegment segment : old) {
        sum += segment.capacity();
      }
      return sum;
    } finally {
      appendLock.unlock();
    }
  }

  /** Returns the LSN of the oldest byte that is still kept. */
  public long oldestLsn() {
    appendLock.lock();
    try {
      if (!old.isEmpty()) {
        return old.peek().baseLsn();
      }
      return closed.isEmpty() ? currentSegment().baseLsn : closed.get(0).baseLsn;
    } finally {
      appendLock.unlock();
    }
  }

  /** Closes all files; appends must have ended. Unused segments are deleted if {@code tidy}. */
  public void close(boolean tidy) throws IOException {
    for (LogSegment segment : closed) {
      segment.close();
    }
    if (current != null) {
      current.close();
    }
    for (LogSegment segment : ready) {
      if (tidy) {
        files.discard(segment);
      } else {
        segment.close();
      }
    }
    files.close(tidy);
  }
}
