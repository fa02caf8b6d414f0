// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFullIoException;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream gets pages from when it has none: it keeps to files of its own class as long as
 * there is room for them, because a file whose records die together is freed without a copy. All
 * calls happen in the open turn.
 */
final class RunSource {
  /* In this order: a long run of a file of its class; a new file; the longest run of any file, unless
   * streams keep apart and it is a new record that needs room; and what becomes free when space is
   * reclaimed. Short runs come late because each costs a mapping and a frame whatever its length, and
   * leaves a file that is neither free nor of one age. A file is not created when the disk could not
   * hold it: its pages would be refused one by one while others lie free. */

  /** How often a writer who found no room looks whether some became free. */
  private static final int ATTEMPTS = 3;

  /** A table with fewer files for each stream shares them: else each stream would hold its own. */
  private static final long FILES_PER_STREAM = 2;

  private final SpaceShape shape;
  private final Disk disk;
  private final FileAccount account;
  private final SpaceJournal journal;
  private final Threads threads;
  private final SegmentFiles files;
  private final PageMap pages;
  private final LongSupplier liveCharge;

  RunSource(
      SpaceShape shape,
      Disk disk,
      FileAccount account,
      SpaceJournal journal,
      Threads threads,
      SegmentFiles files,
      PageMap pages,
      LongSupplier liveCharge) {
    this.shape = shape;
    this.disk = disk;
    this.account = account;
    this.journal = journal;
    this.threads = threads;
    this.files = files;
    this.pages = pages;
    this.liveCharge = liveCharge;
  }

  /**
   * Takes pages for a stream.
   *
   * @param preferred the segment that it filled last, 0 if none
   * @param wanted how many pages, at most
   * @param bound what they must hold, in bytes
   * @throws io.firn.cold.model.DiskFullException if there is no room
   */
  PageRun take(Stream stream, int preferred, int wanted, int bound) throws IOException {
    long releases = journal.releases();
    PageRun run = takeIfRoom(stream, preferred, wanted, bound);
    return run == null ? takeReclaimed(stream, wanted, releases) : run;
  }

  /** Takes pages for a stream if that needs nothing to be reclaimed. */
  @Nullable PageRun takeIfRoom(Stream stream, int preferred, int wanted, int bound)
      throws IOException {
    PageRun run = takeOwn(stream, preferred, wanted, bound);
    if (run == null) {
      run = takeNew(stream, wanted);
    }
    return run == null && !keepsApart(stream) ? takeAny(stream, preferred, wanted, bound) : run;
  }

  private @Nullable PageRun takeAny(Stream stream, int preferred, int wanted, int bound) {
    return pages.takeAny(preferred, wanted, bound, keepFreeBytes(stream, wanted));
  }

  private @Nullable PageRun takeOwn(Stream stream, int preferred, int wanted, int bound) {
    int atLeast = Math.min(wanted, shape.longRunPages());
    long kept = keepsApart(stream) ? 0 : keepFreeBytes(stream, wanted);
    return pages.takeOwn(stream.streamClass, preferred, wanted, atLeast, bound, kept);
  }

  /**
   * Tells whether a stream fills files of its own class only: among the records of another its own
   * would die at other times than their neighbours, and no file ever as a whole. Where nobody makes
   * room any free page will do, and in a table of few files, and for copies, because they make it.
   */
  private boolean keepsApart(Stream stream) {
    return !stream.takesSurvivors() && keepsApart();
  }

  private boolean keepsApart() {
    long file = shape.segmentBytes(liveCharge.getAsLong());
    return journal.makesRoom()
        && account.usedBytes() >= FILES_PER_STREAM * shape.maximumStreams() * file;
  }

  /** Takes pages of a new file, if both the account and the disk have room for it. */
  private @Nullable PageRun takeNew(Stream stream, int wanted) throws IOException {
    long capacity = shape.segmentBytes(liveCharge.getAsLong(), wanted);
    if (pages.freeBytes() > 0 && !diskHolds(capacity)) {
      return null;
    }
    if (!reserve(stream, capacity)) {
      return null;
    }
    try {
      return takeReserved(stream, capacity, wanted);
    } catch (DiskFullIoException e) {
      if (pages.freeBytes() == 0) {
        throw e;
      }
      return null; // free pages have their place on the disk already
    }
  }

  private boolean diskHolds(long capacity) {
    try {
      return disk.usableBytes() >= capacity;
    } catch (IOException e) {
      return false; // who finds no free page tries all the same
    }
  }

  /**
   * Takes pages of a new segment, or such as became free meanwhile.
   *
   * @param releases how often there had been releases when no free pages were found
   */
  private PageRun takeReclaimed(Stream stream, int wanted, long releases) throws IOException {
    long capacity = shape.segmentBytes(liveCharge.getAsLong(), wanted);
    boolean reserved = reserve(stream, capacity);
    long seen = releases;
    for (int attempt = 0; !reserved && attempt < ATTEMPTS; attempt++) {
      if (!journal.reclaim() && journal.releases() == seen) {
        break;
      }
      seen = journal.releases();
      PageRun freed =
          keepsApart(stream) ? takeOwn(stream, 0, wanted, 0) : takeAny(stream, 0, wanted, 0);
      if (freed != null) {
        return freed;
      }
      reserved = reserve(stream, capacity);
    }
    if (!reserved) {
      throw account.refusal(capacity);
    }
    boolean fits = pages.freeBytes() == 0 || diskHolds(capacity);
    PageRun rest = fits ? null : takeAny(stream, 0, wanted, 0);
    if (rest == null) {
      return takeReserved(stream, capacity, wanted);
    }
    account.release(capacity);
    return rest;
  }

  /** Creates a segment whose bytes are reserved, and takes its first pages. */
  private PageRun takeReserved(Stream stream, long capacity, int wanted) throws IOException {
    Segment segment;
    try {
      segment = files.create(stream.streamClass, capacity);
    } catch (IOException | RuntimeException e) {
      account.release(capacity);
      throw e;
    }
    boolean logged = false;
    try {
      journal.segmentCreated(segment);
      logged = true;
    } finally {
      if (!logged) {
        pages.endHold(segment); // nothing is in it, so it is dropped
      }
    }
    return pages.addFresh(segment, wanted);
  }

  /** Returns the bytes of free pages that copies may take. */
  long copyRunsBytes() {
    return pages.longRunsBytes(true) + (keepsApart() ? 0 : pages.longRunsBytes(false));
  }

  /** Returns the bytes that moving records needs and that no free page provides. */
  long missingEvacuationBytes() {
    return Math.max(0, keptBytes() - copyRunsBytes());
  }

  /** Returns the bytes of free pages that new records may take: without those kept for copies. */
  long writableBytes() {
    return keepsApart() ? pages.longRunsBytes(false) : Math.max(0, copyRunsBytes() - keptBytes());
  }

  private long keptBytes() {
    return shape.evacuationBytes(liveCharge.getAsLong());
  }

  /** Returns how many bytes of free pages a stream must leave to those that take survivors. */
  private long keepFreeBytes(Stream stream, int wanted) {
    if (stream.takesSurvivors()) {
      return 0;
    }
    long bytes = (long) wanted * shape.pageBytes();
    return account.canGrow(bytes, missingEvacuationBytes()) ? 0 : keptBytes();
  }

  private boolean reserve(Stream stream, long capacity) {
    if (stream.takesSurvivors() && !threads.keeps(Rule.COPIES_WITHIN_LIMIT)) {
      account.adopt(capacity);
      return true;
    }
    return account.tryReserve(capacity, stream.takesSurvivors(), missingEvacuationBytes());
  }
}
