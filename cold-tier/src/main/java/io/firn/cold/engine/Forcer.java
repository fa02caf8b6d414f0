// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import io.firn.cold.io.AsyncIo;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskOperation;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceJournal;
import io.firn.cold.wal.Log;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Forces data, then the log, then appends the mark. Thread-safe: whoever needs something durable
 * takes the turn, and those who wait for the turn meanwhile find their work done, or do it for all
 * that came after (group commit).
 */
final class Forcer {
  private static final int ROUNDS_TO_FORCE_A_MARK = 3;
  private static final long NEVER_QUIET = -1;

  private final Disk disk;
  private final AsyncIo io;
  private final Log log;
  private final Threads threads;
  private final LongSupplier wallMillis;
  private final Lock turn;
  private final Lock dirtyLock;
  private final GroupCommit groupCommit;

  /** Segments whose dirty flag is set; both under {@code dirtyLock}. */
  private final List<Segment> dirtySegments = new ArrayList<>();

  private final Set<String> dirtyDirectories = ConcurrentHashMap.newKeySet();
  private final boolean carries;
  private final FailedSegments failed = new FailedSegments();
  private volatile Runnable trouble = () -> {};
  private volatile long durableLsn;

  /** Below it the data files were forced too; 0 before the first force of this life. */
  private volatile long forcedLsn;

  /** The end of the log, if nothing but the mark was appended since the last round began. */
  private long quietLsn = NEVER_QUIET;

  private final AtomicLong rounds = new AtomicLong();

  /**
   * Creates the forcer of a life.
   *
   * @param carries whether frames carry their records, so that a force of the log makes both
   *     durable
   */
  Forcer(
      Disk disk, AsyncIo io, Log log, Threads threads, LongSupplier wallMillis, boolean carries) {
    this.carries = carries;
    this.disk = disk;
    this.io = io;
    this.log = log;
    this.threads = threads;
    this.wallMillis = wallMillis;
    this.turn = threads.newLock("force turn");
    this.dirtyLock = threads.newLock("dirty segments");
    this.groupCommit = new GroupCommit(threads, () -> durableLsn);
  }

  /** Sets what to call, from any thread, when a force has failed. */
  void onTrouble(Runnable signal) {
    trouble = signal;
  }

  /** Returns the data files of which a force has failed. */
  FailedSegments failed() {
    return failed;
  }

  /**
   * Tells whether something may be lost that was not made good for: nothing becomes durable now.
   */
  boolean isBroken() {
    return log.losses().isOpen() || !failed.isEmpty();
  }

  /** Puts a segment on the list of files that the next force covers. */
  void dirty(Segment segment) {
    if (segment.isDirty()) {
      return;
    }
    dirtyLock.lock();
    try {
      if (!segment.isDirty()) {
        segment.dirty(true);
        dirtySegments.add(segment);
      }
    } finally {
      dirtyLock.unlock();
    }
  }

  /** Takes the list; whoever finds a flag set before that wrote what the coming force covers. */
  private List<Segment> takeDirty() {
    dirtyLock.lock();
    try {
      List<Segment> taken = List.copyOf(dirtySegments);
      dirtySegments.clear();
      for (Segment segment : taken) {
        segment.dirty(false);
      }
      return taken;
    } finally {
      dirtyLock.unlock();
    }
  }

  /** Puts a directory on the list whose entries the next force covers. */
  void dirtyDirectory(String directory) {
    dirtyDirectories.add(directory);
  }

  /** Returns the LSN below which everything survives a power failure. */
  long durableLsn() {
    return durableLsn;
  }

  /** Returns how often there was a force. */
  long rounds() {
    return rounds.get();
  }

  /**
   * Returns once every frame below an LSN, and what it refers to, survives a power failure.
   *
   * @throws StoreIoException if a force failed, now or before
   */
  void ensureDurable(long lsn) {
    groupCommit.await(lsn, () -> forceUpTo(lsn));
  }

  private void forceUpTo(long lsn) {
    turn.lock();
    try {
      if (durableLsn < lsn) {
        round(!carries);
      }
    } finally {
      turn.unlock();
    }
  }

  /**
   * Returns once every frame below an LSN is durable and so are the bytes in the data files that it
   * refers to, carried ones included, and the names of all files on the list.
   *
   * @throws StoreIoException if a force failed, now or before
   */
  void ensureForced(long lsn) {
    turn.lock(); // whoever has it may have taken the names, but not forced them yet
    try {
      while (forcedLsn < lsn || !dirtyDirectories.isEmpty()) {
        round(true);
      }
    } finally {
      turn.unlock();
    }
  }

  /** Returns the LSN below which the bytes in the data files were forced too. */
  long forcedLsn() {
    return forcedLsn;
  }

  /**
   * Returns once what was put into a segment before the call is durable, and the segment's name.
   *
   * @throws StoreIoException if a force failed, now or before
   */
  void forceBeforeFrame(Segment segment) {
    dirty(segment);
    turn.lock();
    try {
      if (segment.isDirty() || !dirtyDirectories.isEmpty()) {
        forceData(List.of(segment));
      }
      if (segment.isFailed()) {
        throw new IOException("the file has failed before");
      }
    } catch (IOException e) {
      throw new StoreIoException("a force failed: " + e.getMessage(), e);
    } finally {
      turn.unlock();
    }
  }

  /**
   * Makes everything durable that a manifest is about to name. While the log has a gap, that is a
   * force without a mark, and only a manifest will do that needs no log below the gap's end.
   *
   * @param neededLsn from where the manifest needs the log
   */
  void ensureNameable(long neededLsn) throws IOException {
    if (!log.losses().isOpen()) {
      ensureForced(log.end());
      return;
    }
    turn.lock();
    try {
      if (!failed.isEmpty() || log.losses().brokenBelowLsn() > neededLsn) {
        throw new IOException("what failed is not safe elsewhere yet");
      }
      forceDirty();
      threads.step(Step.DATA_FORCED);
      log.force(log.end());
    } finally {
      turn.unlock();
    }
  }

  /** Lets the log go on in another segment if it has failed. */
  void replaceFailedLog() throws IOException {
    turn.lock();
    try {
      log.replaceFailed();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Returns once the headers of sealed pages may be counted on as soon as the frame that says so is
   * durable. Where frames carry their records a force of the log covers no data, so they are forced
   * now; elsewhere the force that makes the frame durable covers them first.
   *
   * @throws StoreIoException if a force failed, now or before
   */
  void beforeSealed(Segment segment) {
    if (carries && threads.keeps(Rule.FORCE_BEFORE_SEALED)) {
      forceBeforeFrame(segment);
    }
  }

  /** Returns once a mark at or above an LSN was itself forced. */
  void ensureReleasable(long lsn) {
    for (int i = 0; i < ROUNDS_TO_FORCE_A_MARK && log.releaseLsn() < lsn; i++) {
      turn.lock();
      try {
        if (log.releaseLsn() < lsn) {
          round(!carries);
        }
      } finally {
        turn.unlock();
      }
    }
  }

  /**
   * Forces once; nothing to do, or no new mark, where nothing but a mark was appended since; nor
   * while something failed is not healed.
   */
  void force() {
    turn.lock();
    try {
      long end = log.end();
      if (isBroken()) {
        return;
      }
      if (end == quietLsn && durableLsn < end) {
        log.force(end);
        durableLsn = end;
        forcedLsn = carries ? forcedLsn : end;
      } else if (durableLsn < end) {
        round(!carries);
      }
    } catch (IOException e) {
      throw new StoreIoException("a force failed: " + e.getMessage(), e);
    } finally {
      turn.unlock();
    }
  }

  /**
   * Forces data files that no frame refers to yet, and nothing else: the copies of records that are
   * being moved.
   */
  void forceCopies(Collection<Segment> segments) {
    turn.lock();
    try {
      forceData(segments);
      if (segments.stream().anyMatch(Segment::isFailed)) {
        throw new IOException("a file of copies has failed before");
      }
    } catch (IOException e) {
      throw new StoreIoException("a force failed: " + e.getMessage(), e);
    } finally {
      turn.unlock();
    }
  }

  /** Runs an action that takes files away from this class. */
  void betweenForces(SpaceJournal.FileAction action) throws IOException {
    turn.lock();
    try {
      action.run();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Forces once: the log, and the data before it if asked to, if this life has not forced any yet,
   * or if a file is new whose name may be lost.
   */
  private void round(boolean data) {
    if (isBroken()) {
      throw new StoreIoException("nothing can become durable until the store has healed", null);
    }
    long upTo = log.end();
    boolean all = data || forcedLsn == 0 || !dirtyDirectories.isEmpty();
    try {
      if (all) {
        forceDirty();
        threads.step(Step.DATA_FORCED);
      }
      log.force(upTo);
    } catch (IOException e) {
      throw new StoreIoException("a force failed: " + e.getMessage(), e);
    }
    durableLsn = upTo;
    forcedLsn = all ? upTo : forcedLsn;
    long unused = rounds.incrementAndGet();
    long afterMark = log.mark(upTo, wallMillis.getAsLong());
    quietLsn = afterMark - upTo == Log.MARK_BYTES ? afterMark : NEVER_QUIET;
  }

  /** Forces all that are on the lists. */
  private void forceDirty() throws IOException {
    List<String> names = takeNames();
    forceData(takeDirty(), names);
  }

  /** Forces segments, and all that are on the list if there are new names, with these. */
  private void forceData(Collection<Segment> segments) throws IOException {
    List<String> names = takeNames();
    Set<Segment> all = new LinkedHashSet<>(segments);
    if (!names.isEmpty()) {
      all.addAll(takeDirty());
    }
    forceData(List.copyOf(all), names);
  }

  /**
   * Takes the names of files that are new. Before the segments: a new one is put on their list
   * before its name, so its header is never left behind by a force that takes the name alone.
   */
  private List<String> takeNames() {
    List<String> names = List.copyOf(dirtyDirectories);
    names.forEach(dirtyDirectories::remove);
    return names;
  }

  /** Forces segments, then makes names durable; where something fails, these stay on the list. */
  private void forceData(List<Segment> segments, List<String> names) throws IOException {
    IOException failure = forceFiles(segments);
    failure = failure == null ? sync(names) : failure;
    if (failure != null) {
      dirtyDirectories.addAll(names);
      trouble.run();
      throw failure;
    }
  }

  /** Forces files, the last one here; those that fail are noted, and one failure is returned. */
  private @Nullable IOException forceFiles(List<Segment> segments) {
    List<CompletableFuture<Boolean>> others = new ArrayList<>();
    for (int i = 0; i < segments.size() - 1; i++) {
      others.add(io.submit(DiskOperation.FORCE, force(segments.get(i))));
    }
    IOException failure = null;
    for (int i = segments.size() - 1; i >= 0; i--) {
      try {
        boolean unused =
            i < others.size()
                ? AsyncIo.await(others.get(i))
                : io.run(DiskOperation.FORCE, force(segments.get(i)));
      } catch (IOException e) {
        failed.add(segments.get(i));
        failure = e;
      }
    }
    return failure;
  }

  private static AsyncIo.Call<Boolean> force(Segment segment) {
    return () -> {
      segment.force();
      return true;
    };
  }

  /** Makes the entries of directories durable; returns why they may not be. */
  private @Nullable IOException sync(List<String> directories) {
    try {
      for (String directory : directories) {
        if (disk.exists(directory)) {
          disk.syncDirectory(directory);
        }
      }
      return null;
    } catch (IOException e) {
      return e;
    }
  }
}
