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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
  /* Callers leave some credit to the store's own frames, and those that do not shorten the log leave
   * some to marks and checkpoints, which do. Lock order: prepare turn, append lock, never over I/O. */

  /** Length of a mark. */
  public static final int MARK_BYTES = Frames.HEADER_BYTES + 2 * Long.BYTES;

  private static final int OWN_FRAMES_SHARE = 2;

  private final LogShape shape;
  private final LogFiles files;
  private final Threads threads;
  private final LongSupplier salts;
  private final Lock appendLock;
  private final FrameWriter own = new FrameWriter();
  private final FrameWriter markWriter = new FrameWriter();
  private final byte[] header = new byte[LogSegmentHeader.BYTES];
  private final LogRunway runway;
  private final List<LogSegment> closed = new ArrayList<>();
  private final LogMarks marks = new LogMarks();
  private final LogLosses losses = new LogLosses();

  private @Nullable LogSegment current;
  private long position;
  private long forcedLsn;
  private volatile long end;

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
    this.runway = new LogRunway(shape, files, threads);
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
    files.keep(earlier);
    position = firstLsn;
    end = firstLsn;
    forcedLsn = firstLsn;
    files.start(sequence);
    runway.prepare(1, 0);
    LogSegment first = runway.first();
    writeHeader(first, firstLsn, previousEndLsn);
    runway.enterFirst(null, 0);
    current = first;
    first.region.force();
    files.started();
  }

  /** Sets what to call, from any thread, when the prepared space runs low. */
  public void onLowCredit(Runnable signal) {
    runway.onLowCredit(signal);
  }

  /** Returns the first unpublished byte of the log. */
  public long end() {
    return end;
  }

  /** Returns the LSN up to which pages may be released: a mark at or above it was itself forced. */
  public long releaseLsn() {
    return marks.releaseLsn();
  }

  /** Returns what the log may have lost. */
  public LogLosses losses() {
    return losses;
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
    reserve(alignedBytes, shape.maximumFrameBytes());
  }

  /** Reserves room for one of the store's own frames. */
  public void reserveOwn(int alignedBytes) {
    reserve(alignedBytes, shape.maximumFrameBytes() / OWN_FRAMES_SHARE);
  }

  private void reserve(int alignedBytes, int left) {
    if (alignedBytes > shape.maximumFrameBytes()) {
      throw new IllegalArgumentException(
          "frame of " + alignedBytes + " bytes, at most " + shape.maximumFrameBytes());
    }
    while (true) {
      losses.checkNotFailed();
      if (runway.take(alignedBytes, left)) {
        return;
      }
      try {
        runway.prepare(alignedBytes + (long) left, left > 0 ? shape.minimumBytes() : 0);
      } catch (DiskFullIoException e) {
        throw new DiskFullException("the log cannot grow: " + e.getMessage(), e);
      } catch (IOException e) {
        throw new StoreIoException("the log cannot grow: " + e.getMessage(), e);
      }
    }
  }

  /** Gives a reservation back that was not used. */
  public void unreserve(int alignedBytes) {
    runway.give(alignedBytes);
  }

  /** Prepares the log ahead of its end if that is due; tells whether it did anything. */
  public boolean prepareAhead() throws IOException {
    if (losses.failure() != null || !runway.isLow()) {
      return false;
    }
    runway.prepare(shape.aheadBytes() / 2, shape.minimumBytes());
    return true;
  }

  /** Makes the spare segment if it is missing. */
  public void ensureSpare() throws IOException {
    if (!files.hasSpare()) {
      runway.inTurn(files::ensureSpare);
    }
  }

  /** Tells whether the spare segment is there. */
  public boolean hasSpare() {
    return files.hasSpare();
  }

  /**
   * Gives back what the log took while it was busy: it goes on in a small segment, so that a large
   * one can go once no snapshot needs it.
   */
  public void shrink() throws IOException {
    runway.inTurn(files::shrink);
    LogSegment large = currentSegment();
    if (large.capacity > shape.minimumBytes()
        && runway.prepareSmaller(large, large.offsetOf(end))) {
      appendLock.lock();
      try {
        if (losses.failure() == null && current == large) {
          roll(large);
        }
      } finally {
        appendLock.unlock();
      }
    }
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
      losses.checkNotFailed();
      LogSegment segment = currentSegment();
      if (segment.offsetOf(position) + alignedBytes + Frames.HEADER_BYTES > segment.limit) {
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
        runway.give(alignedBytes);
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
      runway.give(Frames.align8(length));
      throw losses.failed(e);
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

  /** Appends one of the store's own frames; returns its LSN. */
  public long append(FrameWriter frame, int length) {
    reserveOwn(Frames.align8(length));
    return appendReserved(frame, length);
  }

  /** Appends a frame that helps to shorten the log, to the last byte; returns its LSN. */
  public long appendLast(FrameWriter frame, int length) {
    reserve(Frames.align8(length), 0);
    return appendReserved(frame, length);
  }

  private long appendReserved(FrameWriter frame, int length) {
    long lsn = begin(Frames.align8(length));
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
    LogSegment next = runway.first();
    int length = own.segmentEnd();
    long offset = segment.offsetOf(position);
    own.seal(segment.salt, position, length);
    try {
      writeHeader(next, position + length, position + length);
      segment.region.publish(offset, own.bytes(), 0, length);
    } catch (IOException e) {
      throw losses.failed(e);
    }
    position += length;
    segment.endLsn = position;
    closed.add(segment);
    runway.enterFirst(segment, offset);
    current = next;
    end = position;
  }

  private void writeHeader(LogSegment next, long baseLsn, long previousEndLsn) throws IOException {
    next.baseLsn = baseLsn;
    next.salt = salts.getAsLong();
    new LogSegmentHeader(next.sequence, next.salt, baseLsn, previousEndLsn, next.capacity)
        .encode(header);
    next.region.put(0, header, 0, header.length);
  }

  /**
   * Goes on in another segment after a failure. Same turn as {@link #force}. The segments that were
   * not forced yet are never forced again.
   *
   * @throws IOException if no other segment can be had or written; the failure stays then
   */
  public void replaceFailed() throws IOException {
    if (losses.failure() == null) {
      return;
    }
    LogSegment failed;
    long previousEnd;
    appendLock.lock(); // from here on nobody appends who began before the failure
    try {
      failed = currentSegment();
      previousEnd = end;
    } finally {
      appendLock.unlock();
    }
    runway.prepareBehind(failed, failed.offsetOf(previousEnd));
    LogSegment next = runway.first();
    long base = (previousEnd + 2L * shape.maximumFrameBytes()) / Long.BYTES * Long.BYTES;
    boolean written = false;
    try {
      writeHeader(next, base, previousEnd);
      next.region.force();
      written = true;
    } finally {
      if (!written) {
        runway.dropFirst();
      }
    }
    threads.step(Step.LOG_REPLACED);
    appendLock.lock();
    try {
      failed.endLsn = previousEnd;
      closed.add(failed);
      for (LogSegment segment : closed) {
        segment.failed |= segment.endLsn > forcedLsn;
      }
      runway.enterFirst(failed, failed.offsetOf(previousEnd));
      current = next;
      position = base;
      end = base;
      losses.goesOn(base);
    } finally {
      appendLock.unlock();
    }
    marks.lost();
  }

  /**
   * Forces the log up to an LSN; on return every frame below it is durable, and so are the marks
   * among them. One caller at a time (the forcer's turn).
   */
  public void force(long upToLsn) throws IOException {
    IOException failure = losses.failure();
    if (failure != null) {
      throw failure;
    }
    if (upToLsn <= forcedLsn) {
      return;
    }
    List<LogSegment> dirty = new ArrayList<>();
    appendLock.lock();
    try {
      for (LogSegment segment : closed) {
        if (segment.endLsn > forcedLsn && !segment.failed) {
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
      StoreIoException unused = losses.failed(e);
      throw e;
    }
    forcedLsn = upToLsn;
    marks.forced(upToLsn);
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
    long lsn = appendLast(markWriter, length);
    marks.add(forcedUpToLsn, lsn);
    if (!threads.keeps(Rule.RELEASE_ON_FORCED_MARK)) {
      marks.forcedByMistake(forcedUpToLsn);
    }
    threads.step(Step.MARKED);
    return lsn + Frames.align8(length);
  }

  /**
   * Gives up the segments that hold nothing at or above an LSN: one is kept for reuse, the others
   * are deleted.
   */
  public void retire(long keepFromLsn) throws IOException {
    files.retireOld(keepFromLsn);
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
    gone.forEach(files::archive);
    runway.inTurn(() -> files.leave(gone));
  }

  /** Returns the bytes of all log files that exist. */
  public long diskBytes() {
    appendLock.lock();
    try {
      long sum = current == null ? 0 : current.capacity;
      sum += runway.readyBytes() + files.unusedBytes();
      for (LogSegment segment : closed) {
        sum += segment.capacity;
      }
      return sum;
    } finally {
      appendLock.unlock();
    }
  }

  /** Returns the LSN of the oldest byte that is still kept. */
  public long oldestLsn() {
    OldLogSegment old = files.oldest();
    if (old != null) {
      return old.baseLsn();
    }
    appendLock.lock();
    try {
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
    runway.close(tidy);
  }
}
