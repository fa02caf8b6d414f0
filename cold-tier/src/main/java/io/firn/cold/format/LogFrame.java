// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/**
 * A frame of one of the rare types as an immutable value. The frequent types (tuples, carried
 * records, relocations, touches) are read in place by {@link FrameReader}.
 */
public sealed interface LogFrame {
  /**
   * Decodes the frame that a reader stands at.
   *
   * @param resource names the log segment in messages
   * @throws CorruptBytesException if the payload is none of its type
   * @throws IllegalArgumentException if the frame is of a frequent type
   */
  static LogFrame decode(FrameReader frame, String resource) throws CorruptBytesException {
    return LogFrameDecoder.decode(frame, resource);
  }

  /**
   * A table exists.
   *
   * @param tableId its id
   * @param name any characters, at most 65,535 bytes in UTF-8
   * @param options its encoded options
   */
  record TableCreate(int tableId, String name, Octets options) implements LogFrame {}

  /**
   * A table is gone with all that belongs to it.
   *
   * @param tableId its id
   */
  record TableDrop(int tableId) implements LogFrame {}

  /**
   * Entries of versions below this frame's LSN are void.
   *
   * @param tableId the table
   */
  record TableClear(int tableId) implements LogFrame {}

  /**
   * A segment exists; the fields are those of its header.
   *
   * @param tableId the table
   * @param segment its number
   * @param streamClass lifetime class
   * @param capacity in bytes
   * @param lsnBase of its records
   * @param timeBaseMillis of its records
   */
  record SegmentCreate(
      int tableId, int segment, int streamClass, long capacity, long lsnBase, long timeBaseMillis)
      implements LogFrame {}

  /**
   * An extent was opened or sealed.
   *
   * @param tableId the table
   * @param segment the segment
   * @param state which of the two
   * @param firstPage first page of the extent
   * @param pages how many
   */
  record SegmentState(int tableId, int segment, ExtentState state, int firstPage, int pages)
      implements LogFrame {}

  /**
   * A segment is gone; entries into it are void.
   *
   * @param tableId the table
   * @param segment the segment
   */
  record SegmentDrop(int tableId, int segment) implements LogFrame {}

  /**
   * All frames of a batch count.
   *
   * @param batchId the batch
   * @param firstLsn LSN of its first frame
   * @param count how many frames it has
   */
  record BatchCommit(long batchId, long firstLsn, int count) implements LogFrame {}

  /**
   * Where a long-running job stands.
   *
   * @param tableId the table, 0 for the store
   * @param jobId the job
   * @param kind what it does, 0 to 255
   * @param state encoded by the job
   */
  record JobState(int tableId, long jobId, int kind, Octets state) implements LogFrame {}

  /**
   * The mark: log and data below an LSN were forced.
   *
   * @param lsn the LSN
   * @param wallMillis when
   */
  record Durable(long lsn, long wallMillis) implements LogFrame {}

  /**
   * A checkpoint has begun.
   *
   * @param number of the checkpoint
   */
  record CheckpointBegin(long number) implements LogFrame {}

  /**
   * A checkpoint is complete.
   *
   * @param number of the checkpoint
   * @param partitions LSN of the snapshot of each partition
   * @param openBatches batches that had begun and not ended
   * @param dirtyFiles segments with unforced bytes
   */
  record CheckpointEnd(
      long number,
      List<PartitionLsn> partitions,
      List<OpenBatch> openBatches,
      List<DirtyFile> dirtyFiles)
      implements LogFrame {
    /** Copies the lists. */
    public CheckpointEnd {
      partitions = List.copyOf(partitions);
      openBatches = List.copyOf(openBatches);
      dirtyFiles = List.copyOf(dirtyFiles);
    }
  }

  /**
   * Nothing: a claim that was given up.
   *
   * @param length of the whole frame in bytes
   */
  record Pad(int length) implements LogFrame {}

  /** The log goes on in the next segment. */
  record SegmentEnd() implements LogFrame {}

  /**
   * The snapshot LSN of one partition.
   *
   * @param tableId the table
   * @param prefix leading bits of the hashes, right-aligned
   * @param bits how many bits
   * @param lsn the snapshot holds exactly the frames below it
   */
  record PartitionLsn(int tableId, int prefix, int bits, long lsn) {}

  /**
   * A batch that has begun and not ended.
   *
   * @param batchId the batch
   * @param firstLsn LSN of its first frame
   */
  record OpenBatch(long batchId, long firstLsn) {}

  /**
   * A segment with unforced bytes.
   *
   * @param tableId the table
   * @param segment the segment
   */
  record DirtyFile(int tableId, int segment) {}
}
