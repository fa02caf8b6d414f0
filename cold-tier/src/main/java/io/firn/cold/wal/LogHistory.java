// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FrameReader;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.Frames;
import io.firn.cold.format.LogFrame;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The log that earlier lives left behind, for reading. Not thread-safe.
 *
 * <p>A later segment's header says where the history before it ended, so what stands at or after
 * that LSN in earlier segments is no part of it.
 */
public final class LogHistory {
  /** The first LSN of a new store; smaller ones are before everything. */
  public static final long FIRST_LSN = 64;

  private static final String DIRECTORY = "wal";
  private static final String SUFFIX = ".wal";

  private final Disk disk;
  private final List<OldLogSegment> segments;
  private final List<OldLogSegment> discarded;
  private final List<String> unreadable;
  private final long nextSequence;
  private final long firstFreeLsn;

  private LogHistory(
      Disk disk,
      List<OldLogSegment> segments,
      List<OldLogSegment> discarded,
      List<String> unreadable,
      long nextSequence,
      long firstFreeLsn) {
    this.disk = disk;
    this.segments = segments;
    this.discarded = discarded;
    this.unreadable = unreadable;
    this.nextSequence = nextSequence;
    this.firstFreeLsn = firstFreeLsn;
  }

  /** Reads the headers of all log files and puts the segments in order. */
  public static LogHistory open(Disk disk) throws IOException {
    List<LogSegmentHeader> headers = new ArrayList<>();
    List<String> paths = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    byte[] bytes = new byte[LogSegmentHeader.BYTES];
    long nextSequence = 1;
    for (String name : disk.list(DIRECTORY)) {
      String path = DIRECTORY + "/" + name;
      nextSequence = Math.max(nextSequence, sequenceOf(name) + 1);
      try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
        if (file.size() < bytes.length) {
          unreadable.add(path);
          continue;
        }
        file.read(0, bytes, 0, bytes.length);
        headers.add(LogSegmentHeader.decode(bytes, path));
        paths.add(path);
      } catch (CorruptBytesException e) {
        unreadable.add(path);
      }
    }
    return arrange(disk, headers, paths, unreadable, nextSequence);
  }

  /**
   * Returns the sequence number in a file's name, so that no file is created over one that exists.
   */
  private static long sequenceOf(String name) {
    try {
      return name.endsWith(SUFFIX)
          ? Long.parseLong(name.substring(0, name.length() - SUFFIX.length()), 16)
          : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static LogHistory arrange(
      Disk disk,
      List<LogSegmentHeader> headers,
      List<String> paths,
      List<String> unreadable,
      long sequenceAbove) {
    List<Integer> order = new ArrayList<>();
    long nextSequence = sequenceAbove;
    long firstFree = FIRST_LSN;
    for (int i = 0; i < headers.size(); i++) {
      order.add(i);
      nextSequence = Math.max(nextSequence, headers.get(i).sequence() + 1);
      firstFree = Math.max(firstFree, headers.get(i).baseLsn() + headers.get(i).capacity());
    }
    order.sort(Comparator.comparingLong(i -> headers.get(i).sequence()));
    List<OldLogSegment> segments = new ArrayList<>();
    List<OldLogSegment> discarded = new ArrayList<>();
    long limit = Long.MAX_VALUE;
    for (int i = order.size() - 1; i >= 0; i--) {
      LogSegmentHeader h = headers.get(order.get(i));
      long end = Math.min(limit, h.baseLsn() + h.capacity() - LogSegmentHeader.BYTES);
      OldLogSegment segment =
          new OldLogSegment(
              paths.get(order.get(i)),
              h.sequence(),
              h.salt(),
              h.baseLsn(),
              h.previousEndLsn(),
              Math.max(end, h.baseLsn()),
              h.capacity());
      if (end > h.baseLsn() || limit == h.baseLsn()) {
        segments.add(0, segment);
      } else {
        discarded.add(segment);
      }
      limit = Math.min(limit, h.previousEndLsn());
    }
    return new LogHistory(disk, segments, discarded, unreadable, nextSequence, firstFree);
  }

  /** Returns the segments, oldest first; the end of each is where its part of the history ends. */
  public List<OldLogSegment> segments() {
    return segments;
  }

  /** Returns the segments of which nothing is part of the history. */
  public List<OldLogSegment> discarded() {
    return discarded;
  }

  /** Returns the files whose header does not verify: unused ones, or damaged. */
  public List<String> unreadable() {
    return unreadable;
  }

  /** Returns a sequence number above all that exist. */
  public long nextSequence() {
    return nextSequence;
  }

  /** Returns an LSN above all that an earlier life may have used. */
  public long firstFreeLsn() {
    return firstFreeLsn;
  }

  /**
   * Reads the log from an LSN on, finds the highest mark, and tells gaps from the end.
   *
   * @param fromLsn nothing below is looked at, except to walk its segment
   * @param durableLsn up to here the log is known to have been forced, marks or not
   */
  public Analysis analyse(long fromLsn, long durableLsn) throws IOException {
    Analyser analyser = new Analyser(fromLsn, durableLsn);
    for (OldLogSegment segment : segments) {
      if (segment.endLsn() > fromLsn || segment.equals(segments.get(segments.size() - 1))) {
        analyser.walk(segment);
      }
    }
    return analyser.result();
  }

  /** Visits the frames of [fromLsn, toLsn) that verify, in order. */
  public void replay(long fromLsn, long toLsn, FrameVisitor visitor) throws IOException {
    for (OldLogSegment segment : segments) {
      long end = Math.min(segment.endLsn(), toLsn);
      if (end <= fromLsn || segment.baseLsn() >= end) {
        continue;
      }
      SegmentBytes bytes = new SegmentBytes(segment);
      long lsn = segment.baseLsn();
      while (lsn >= 0 && lsn < end) {
        if (!bytes.verifies(lsn)) {
          lsn = bytes.nextVerifying(lsn + Frames.ALIGNMENT);
          continue;
        }
        if (lsn >= fromLsn && !visitor.visit(lsn, bytes.frame)) {
          return;
        }
        lsn += bytes.frame.alignedLength();
      }
    }
  }

  /**
   * What a walk over the log found.
   *
   * @param markLsn the highest mark
   * @param endLsn where the history ends, as far as the log alone can tell
   * @param maxWallMillis the latest time in a mark
   * @param gaps damage
   * @param commits the commits of batches, by batch
   */
  public record Analysis(
      long markLsn, long endLsn, long maxWallMillis, List<Gap> gaps, Map<Long, Commit> commits) {
    /** What is known of a log that was not looked at. */
    public static final Analysis NONE = new Analysis(0, 0, 0, List.of(), Map.of());
  }

  /**
   * A commit of a batch that verifies, at or after the end of the history too.
   *
   * @param lsn its own LSN
   * @param firstLsn LSN of the batch's first frame
   * @param count how many frames the batch has
   */
  public record Commit(long lsn, long firstLsn, int count) {}

  /** A range of the log below the highest mark in which nothing verifies: damage. */
  public record Gap(long fromLsn, long toLsn) {}

  /** Gets frames in the order of their LSNs. */
  @FunctionalInterface
  public interface FrameVisitor {
    /** Takes one frame, valid only during the call; false ends the walk. */
    boolean visit(long lsn, FrameReader frame) throws IOException;
  }

  /** Walks the segments and collects marks and doubtful ranges; W decides later what they are. */
  private final class Analyser {
    private final List<Gap> doubts = new ArrayList<>();
    private final Map<Long, Commit> commits = new HashMap<>();
    private long next;
    private long markLsn;
    private long maxWallMillis;

    Analyser(long fromLsn, long durableLsn) {
      next = fromLsn;
      markLsn = durableLsn;
    }

    void walk(OldLogSegment segment) throws IOException {
      long lsn = segment.baseLsn();
      if (next < segment.previousEndLsn()) {
        doubts.add(new Gap(next, lsn));
      }
      next = Math.max(next, lsn);
      SegmentBytes bytes = new SegmentBytes(segment);
      while (lsn < segment.endLsn()) {
        if (bytes.verifies(lsn)) {
          note(lsn, bytes.frame);
          lsn += bytes.frame.alignedLength();
          next = lsn;
          if (bytes.frame.type() == FrameType.SEGMENT_END) {
            return;
          }
          continue;
        }
        long resumed = bytes.nextVerifying(lsn + Frames.ALIGNMENT);
        long until = resumed < 0 || resumed > segment.endLsn() ? segment.endLsn() : resumed;
        doubts.add(new Gap(lsn, until));
        lsn = until;
        next = until;
      }
    }

    private void note(long lsn, FrameReader frame) throws CorruptBytesException {
      if (frame.type() == FrameType.DURABLE) {
        markLsn = Math.max(markLsn, frame.durableLsn());
        maxWallMillis = Math.max(maxWallMillis, frame.wallMillis());
      } else if (frame.type() == FrameType.BATCH_COMMIT
          && LogFrame.decode(frame, "log") instanceof LogFrame.BatchCommit commit) {
        commits.put(commit.batchId(), new Commit(lsn, commit.firstLsn(), commit.count()));
      }
    }

    Analysis result() {
      List<Gap> gaps = new ArrayList<>();
      for (Gap doubt : doubts) {
        if (doubt.fromLsn() >= markLsn) {
          return new Analysis(markLsn, doubt.fromLsn(), maxWallMillis, gaps, commits);
        }
        gaps.add(doubt);
      }
      if (next < markLsn) {
        gaps.add(new Gap(next, markLsn));
      }
      return new Analysis(markLsn, Math.max(next, markLsn), maxWallMillis, gaps, commits);
    }
  }

  /** The bytes of one segment in private memory, and a frame reader over them. */
  private final class SegmentBytes {
    private final OldLogSegment segment;
    private final byte[] bytes;
    final FrameReader frame = new FrameReader();

    SegmentBytes(OldLogSegment segment) throws IOException {
      this.segment = segment;
      try (DiskFile file = disk.open(segment.path(), Disk.OpenMode.READ)) {
        int length = (int) Math.min(file.size(), segment.capacity());
        bytes = new byte[length];
        file.read(0, bytes, 0, length);
      }
    }

    boolean verifies(long lsn) {
      int offset = offsetOf(lsn);
      return offset + Frames.HEADER_BYTES <= bytes.length
          && frame.wrap(bytes, offset, bytes.length - offset, segment.salt(), lsn)
              == FrameReader.Verdict.OK;
    }

    long nextVerifying(long from) {
      long limit = segment.baseLsn() + bytes.length - LogSegmentHeader.BYTES;
      for (long lsn = from; lsn < limit; lsn += Frames.ALIGNMENT) {
        if (verifies(lsn)) {
          return lsn;
        }
      }
      return -1;
    }

    private int offsetOf(long lsn) {
      return (int) (lsn - segment.baseLsn()) + LogSegmentHeader.BYTES;
    }
  }
}
