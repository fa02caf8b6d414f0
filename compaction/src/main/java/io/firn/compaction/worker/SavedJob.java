// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.Table;
import io.firn.cold.format.JobEntry;
import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.Octets;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.segment.Segment;
import io.firn.compaction.JobKind;
import io.firn.compaction.SegmentInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a job that somebody asked for needs to go on after a restart. Immutable.
 *
 * <p>Little-endian; log and manifest add the checksum:
 *
 * <pre>
 *  0  1 version       1; a higher one is refused
 *  1  1 kind          1 files, 2 expiry
 *  2  1 attempts
 *  3  1               0
 *  4  8 askedMillis
 * 12  8 timeout       nanoseconds
 * 20  4 count
 * 24    files         count × {number u32, lsnBase u64}
 * </pre>
 *
 * @param jobId the job, unique in its table
 * @param tableId the table
 * @param kind files or expiry
 * @param attempts how often it was taken up again since it last emptied a file
 * @param askedMillis when it was asked for, by wall time
 * @param timeoutNanos how long one attempt may take
 * @param files the files that are left, in the order of work
 */
record SavedJob(
    long jobId,
    int tableId,
    JobKind kind,
    int attempts,
    long askedMillis,
    long timeoutNanos,
    List<File> files) {
  static final int VERSION = 1;
  static final int HEADER_BYTES = 24;
  static final int FILE_BYTES = 12;

  private static final int MOST_ATTEMPTS = 0xFF;
  private static final List<JobKind> KINDS = List.of(JobKind.FILES, JobKind.EXPIRY);

  /**
   * A file, told from later ones of its number by the LSN at which it began.
   *
   * @param number of its segment
   * @param lsnBase of its segment
   */
  record File(int number, long lsnBase) {}

  /** Copies the list. */
  public SavedJob {
    attempts = Math.min(attempts, MOST_ATTEMPTS);
    files = List.copyOf(files);
  }

  /** Returns what to save of a job of which some segments are left; those that are gone are not. */
  static SavedJob of(Job job, Table table, List<Integer> left, int attempts) {
    List<File> files = new ArrayList<>();
    for (int number : left) {
      Segment segment = table.space().find(number);
      if (segment != null) {
        files.add(new File(number, segment.lsnBase()));
      }
    }
    return new SavedJob(
        job.id(), table.id(), job.kind(), attempts, job.askedMillis(), job.timeoutNanos(), files);
  }

  /** Returns which of the files a table still has, given all that it has. */
  List<SegmentInfo> left(Table table, List<SegmentInfo> all) {
    Map<Integer, SegmentInfo> byNumber = new HashMap<>();
    all.forEach(each -> byNumber.put(each.number(), each));
    List<SegmentInfo> left = new ArrayList<>();
    for (File file : files) {
      Segment segment = table.space().find(file.number());
      SegmentInfo info = byNumber.get(file.number());
      if (segment != null && info != null && segment.lsnBase() == file.lsnBase()) {
        left.add(info);
      }
    }
    return left;
  }

  /**
   * Returns the job that goes on with some of the files.
   *
   * @param maxRuntimeNanos how long its turns may last now
   */
  Job resumed(Table table, List<SegmentInfo> left, long maxRuntimeNanos) {
    return Job.asked(
        jobId,
        table,
        kind,
        left,
        timeoutNanos,
        maxRuntimeNanos,
        askedMillis,
        "resumed after a restart");
  }

  /** Returns the bytes, with as many files as fit. */
  Octets encode(int maximumBytes) {
    int count = Math.min(files.size(), (maximumBytes - HEADER_BYTES) / FILE_BYTES);
    byte[] bytes = new byte[HEADER_BYTES + count * FILE_BYTES];
    bytes[0] = VERSION;
    bytes[1] = (byte) (1 + KINDS.indexOf(kind));
    bytes[2] = (byte) attempts;
    LittleEndian.putLong(bytes, 4, askedMillis);
    LittleEndian.putLong(bytes, 12, timeoutNanos);
    LittleEndian.putInt(bytes, 20, count);
    for (int i = 0; i < count; i++) {
      int at = HEADER_BYTES + i * FILE_BYTES;
      LittleEndian.putInt(bytes, at, files.get(i).number());
      LittleEndian.putLong(bytes, at + 4, files.get(i).lsnBase());
    }
    return Octets.of(bytes);
  }

  /**
   * Returns what {@link #encode} has written.
   *
   * @throws UnsupportedVersionException if a newer version wrote it
   * @throws CorruptStoreException if it is not whole
   */
  static SavedJob decode(JobEntry entry) {
    byte[] bytes = entry.state().toArray();
    int version = bytes.length == 0 ? 0 : LittleEndian.getByte(bytes, 0);
    if (version > VERSION) {
      throw new UnsupportedVersionException(
          "job: version " + version + ", but at most " + VERSION + " is known", null);
    }
    if (version != VERSION || bytes.length < HEADER_BYTES) {
      throw corrupt("version " + version + " with " + bytes.length + " bytes");
    }
    int kind = LittleEndian.getByte(bytes, 1);
    long timeout = LittleEndian.getLong(bytes, 12);
    long count = LittleEndian.getInt(bytes, 20) & 0xFFFF_FFFFL;
    if (kind < 1 || kind > KINDS.size() || timeout < 0) {
      throw corrupt("kind " + kind + ", timeout " + timeout);
    }
    if (bytes.length != HEADER_BYTES + count * FILE_BYTES) {
      throw corrupt(count + " files in " + bytes.length + " bytes");
    }
    List<File> files = new ArrayList<>();
    for (int at = HEADER_BYTES; at < bytes.length; at += FILE_BYTES) {
      files.add(new File(LittleEndian.getInt(bytes, at), LittleEndian.getLong(bytes, at + 4)));
    }
    return new SavedJob(
        entry.jobId(),
        entry.tableId(),
        KINDS.get(kind - 1),
        LittleEndian.getByte(bytes, 2),
        LittleEndian.getLong(bytes, 4),
        timeout,
        files);
  }

  private static CorruptStoreException corrupt(String what) {
    return new CorruptStoreException("job: " + what, null);
  }
}
