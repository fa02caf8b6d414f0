// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Threads;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreIoException;
import java.io.IOException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The append destinations of one table: for new records, by their remaining lifetime or, where they
 * have no expiry, by the lifespan of the version that they replace; and for records that are moved
 * out of other pages, by their age. Thread-safe.
 */
final class Streams {
  private static final int TTL_CLASSES_SHIFT = 2;

  /** The lifetime class of an hour and more, from which on survivors count as old. */
  private static final int OLD_CLASS = 3;

  private final TableSpace space;
  private final SpaceShape shape;
  private final SpaceJournal journal;
  private final Lock openTurn;
  private final int firstOfLifespans;
  private final int firstOfSurvivors;
  private final Stream[] streams;

  Streams(TableSpace space, SpaceShape shape, Threads threads, SpaceJournal journal) {
    this.space = space;
    this.shape = shape;
    this.journal = journal;
    this.openTurn = threads.newLock("open turn " + space.tableId());
    this.firstOfLifespans = shape.writeStreams();
    this.firstOfSurvivors = firstOfLifespans + shape.lifespanStreams();
    this.streams = new Stream[firstOfSurvivors + shape.survivorStreams()];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = new Stream(classOf(i), threads);
    }
  }

  private int classOf(int index) {
    if (index < firstOfLifespans) {
      return index;
    }
    return index < firstOfSurvivors
        ? Lifespans.SHORT + index - firstOfLifespans
        : Stream.SURVIVORS + index - firstOfSurvivors;
  }

  /**
   * Claims space for a record of a length, in the stream of its remaining lifetime, or of its
   * lifespan.
   *
   * @param remainingMillis how long the record will live; {@link Long#MAX_VALUE} if for ever
   * @param replaced the address word of the version that it is going to replace, or none
   * @throws DiskFullException if there is no room
   * @throws StoreIoException if a file cannot be opened or grown
   */
  void claim(Claim claim, int length, long remainingMillis, long replaced) {
    claim(streams[streamOf(remainingMillis, replaced)], claim, length);
  }

  /**
   * Claims space for the copy of a record that is moved, like {@link #claim}.
   *
   * @param lasts whether it is expected to last, unless it expires soon
   */
  void claimCopy(Claim claim, int length, boolean lasts, long remainingMillis) {
    boolean old =
        lasts
            && lifetimeClass(remainingMillis) >= OLD_CLASS
            && shape.survivorStreams(space.liveCharge()) > 1;
    claim(streams[firstOfSurvivors + (old ? 1 : 0)], claim, length);
  }

  private void claim(Stream stream, Claim claim, int length) {
    try {
      while (true) {
        Extent extent;
        Extent.Outcome outcome;
        stream.lock.lock();
        try {
          extent = stream.extent();
          outcome = extent == null ? Extent.Outcome.FULL : extent.claim(claim, length);
        } finally {
          stream.lock.unlock();
        }
        if (outcome == Extent.Outcome.CLAIMED) {
          space.credit(claim);
          if (extent != null && (extent.needsPreparing() || extent.needsSuccessor())) {
            journal.wakePreparer();
          }
          return;
        }
        if (outcome == Extent.Outcome.NOT_PREPARED && extent != null) {
          extent.prepareFor(length);
        } else {
          replaceExtent(stream, extent, length);
        }
      }
    } catch (DiskFullIoException e) {
      throw new DiskFullException("no room for " + length + " bytes: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StoreIoException("no room for " + length + " bytes: " + e.getMessage(), e);
    }
  }

  private int streamOf(long remainingMillis, long replaced) {
    if (space.asksForReplaced(remainingMillis)) {
      int lifespan = space.classAfter(replaced);
      return lifespan == Lifespans.LASTING ? 0 : firstOfLifespans + lifespan - Lifespans.SHORT;
    }
    if (remainingMillis == Long.MAX_VALUE) {
      return 0;
    }
    int open = shape.writeStreams(space.liveCharge());
    return Math.min(lifetimeClass(remainingMillis), open - 1);
  }

  private static int lifetimeClass(long millis) {
    int log2 = 63 - Long.numberOfLeadingZeros(Math.max(1, millis / 1000));
    return 1 + (log2 >> TTL_CLASSES_SHIFT);
  }

  private void replaceExtent(Stream stream, @Nullable Extent full, int length) throws IOException {
    if (replaceBySuccessor(stream, full)) {
      return;
    }
    openTurn.lock();
    try {
      if (replaceBySuccessor(stream, full)) {
        return;
      }
      Extent next = space.openExtent(stream, full, length);
      stream.lock.lock();
      try {
        stream.extent(next);
      } finally {
        stream.lock.unlock();
      }
      if (full != null) {
        space.closeExtent(full);
      }
    } finally {
      openTurn.unlock();
    }
  }

  /**
   * Puts the extent that was opened ahead in the place of a full one; true if nothing is left to
   * do.
   */
  private boolean replaceBySuccessor(Stream stream, @Nullable Extent full) {
    stream.lock.lock();
    try {
      if (stream.extent() != full) {
        return true;
      }
      Extent next = stream.takeSuccessor();
      if (next == null) {
        return false;
      }
      stream.extent(next);
    } finally {
      stream.lock.unlock();
    }
    if (full != null) {
      space.closeExtent(full);
    }
    return true;
  }

  /**
   * Zeroes ahead in the open extents that need it, and opens the next ones; tells whether it did
   * anything.
   */
  boolean prepareAhead() throws IOException {
    boolean worked = false;
    for (Stream stream : streams) {
      Extent extent;
      Extent successor;
      stream.lock.lock();
      try {
        extent = stream.extent();
        successor = stream.successor();
      } finally {
        stream.lock.unlock();
      }
      worked |= prepare(extent);
      worked |= prepare(successor);
      if (extent != null && extent.needsSuccessor()) {
        openSuccessor(stream, extent);
        worked = true;
      }
    }
    return worked;
  }

  private static boolean prepare(@Nullable Extent extent) throws IOException {
    if (extent == null || !extent.needsPreparing()) {
      return false;
    }
    extent.prepareFor(0);
    return true;
  }

  /** Opens the extent after one; where there is no room, the writer who needs it finds out. */
  private void openSuccessor(Stream stream, Extent extent) throws IOException {
    openTurn.lock();
    try {
      extent.successorAsked();
      stream.lock.lock();
      try {
        if (stream.extent() != extent || stream.successor() != null) {
          return;
        }
      } finally {
        stream.lock.unlock();
      }
      Extent opened = space.openExtentIfRoom(stream, extent);
      if (opened == null) {
        return;
      }
      stream.lock.lock();
      try {
        stream.successor(opened);
      } finally {
        stream.lock.unlock();
      }
    } finally {
      openTurn.unlock();
    }
  }

  /** Runs something while no extent can be opened. */
  void inOpenTurn(SpaceJournal.FileAction action) throws IOException {
    openTurn.lock();
    try {
      action.run();
    } finally {
      openTurn.unlock();
    }
  }

  /** Closes all extents; the next claim opens new ones. */
  void close() {
    openTurn.lock();
    try {
      for (Stream stream : streams) {
        Extent extent;
        Extent successor;
        stream.lock.lock();
        try {
          extent = stream.extent();
          successor = stream.takeSuccessor();
          stream.extent(null);
        } finally {
          stream.lock.unlock();
        }
        close(extent);
        close(successor);
      }
    } finally {
      openTurn.unlock();
    }
  }

  private void close(@Nullable Extent extent) {
    if (extent != null) {
      space.closeExtent(extent);
    }
  }
}
