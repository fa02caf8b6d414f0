// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import java.io.IOException;

/** What a table's space needs from the engine: frames in the log, and space when there is none. */
public interface SpaceJournal {
  /** Logs a new segment. */
  void segmentCreated(Segment segment);

  /** Logs that a stream begins to fill pages. */
  void extentOpened(int segment, int firstPage, int pages);

  /** Logs that pages were sealed; where a force of the log covers no data, after a force of it. */
  void extentSealed(Segment segment, int firstPage, int pages);

  /** Logs that a segment goes; returns the frame's LSN. */
  long segmentDropped(int segment);

  /** Returns the first unpublished byte of the log. */
  long endLsn();

  /** Returns the wall time by which entries expire, which never goes back. */
  long wallMillis();

  /** Returns the LSN up to which pages may be released. */
  long releaseLsn();

  /** Returns the lowest LSN of any snapshot that may still be loaded for the table. */
  long oldestSnapshotLsn();

  /** Returns a stamp of the reader epochs to pass to {@link #readersLeft}. */
  long readerStamp();

  /** Tells whether every reader that was inside when the stamp was taken has left. */
  boolean readersLeft(long stamp);

  /** Puts a segment on the list of files that the next force covers. */
  void dirty(Segment segment);

  /** Runs an action that takes files or regions away, while no force can be using them. */
  void betweenForces(FileAction action) throws IOException;

  /** Something done to files. */
  @FunctionalInterface
  interface FileAction {
    /** Does it. */
    void run() throws IOException;
  }

  /** Notes that extents wait to be sealed. */
  void wakeWorkers();

  /** Notes that pages became free. */
  void pagesReleased();

  /** Returns how often {@link #pagesReleased} was called, and such for other tables. */
  long releases();

  /** Notes that writers come close to the end of what is zeroed. */
  void wakePreparer();

  /** Tries to free pages or files at once; tells whether anything became free. */
  boolean reclaim();

  /**
   * Returns the bytes of the disk that a new data file must leave free: what the log needs and,
   * unless the file is for records that are moved, what moving records needs.
   */
  long headroomBytes(boolean forSurvivors);

  /** Tells whether somebody makes room where writers find none, and they wait for it. */
  boolean makesRoom();
}
