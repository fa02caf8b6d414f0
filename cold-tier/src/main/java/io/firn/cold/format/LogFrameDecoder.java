// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/** Decodes the payloads of the rare frame types. */
final class LogFrameDecoder {
  private static final int PARTITION_BYTES = 17;
  private static final int BATCH_BYTES = 16;
  private static final int FILE_BYTES = 8;

  private LogFrameDecoder() {}

  static LogFrame decode(FrameReader frame, String resource) throws CorruptBytesException {
    ByteSource source = frame.payload(resource);
    LogFrame decoded = decode(frame, source);
    source.expectEnd();
    return decoded;
  }

  private static LogFrame decode(FrameReader frame, ByteSource source)
      throws CorruptBytesException {
    int tableId = frame.tableId();
    return switch (frame.type()) {
      case TABLE_CREATE -> new LogFrame.TableCreate(tableId, source.text(), source.octets());
      case TABLE_DROP -> new LogFrame.TableDrop(tableId);
      case TABLE_CLEAR -> new LogFrame.TableClear(tableId);
      case SEGMENT_CREATE -> segmentCreate(tableId, source);
      case SEGMENT_STATE -> segmentState(tableId, source);
      case SEGMENT_DROP -> new LogFrame.SegmentDrop(tableId, source.count());
      case BATCH_COMMIT -> new LogFrame.BatchCommit(source.i64(), source.lsn(), source.count());
      case JOB_STATE -> new LogFrame.JobState(tableId, source.i64(), source.u8(), source.octets());
      case DURABLE -> new LogFrame.Durable(source.lsn(), source.i64());
      case CHECKPOINT_BEGIN -> new LogFrame.CheckpointBegin(source.i64());
      case CHECKPOINT_END -> checkpointEnd(source);
      case PAD -> pad(frame, source);
      case SEGMENT_END -> new LogFrame.SegmentEnd();
      case TUPLE_INSERT, TUPLE_UPDATE, TUPLE_DELETE, PAGE_DELTA, PAGE_IMAGE, RELOCATE, TOUCH ->
          throw new IllegalArgumentException(frame.type() + " is read in place");
    };
  }

  private static LogFrame pad(FrameReader frame, ByteSource source) {
    source.skipRest();
    return new LogFrame.Pad(frame.length());
  }

  private static LogFrame segmentCreate(int tableId, ByteSource source)
      throws CorruptBytesException {
    int segment = source.count();
    int streamClass = source.count();
    source.check(streamClass <= 0xFFFF, 4, streamClass);
    return new LogFrame.SegmentCreate(
        tableId, segment, streamClass, source.size(), source.lsn(), source.i64());
  }

  private static LogFrame segmentState(int tableId, ByteSource source)
      throws CorruptBytesException {
    int segment = source.count();
    int state = source.u8();
    source.check(state == ExtentState.OPEN.code() || state == ExtentState.SEALED.code(), 1, state);
    return new LogFrame.SegmentState(
        tableId,
        segment,
        state == ExtentState.OPEN.code() ? ExtentState.OPEN : ExtentState.SEALED,
        source.count(),
        source.count());
  }

  private static LogFrame checkpointEnd(ByteSource source) throws CorruptBytesException {
    long number = source.i64();
    List<LogFrame.PartitionLsn> partitions =
        source.list(PARTITION_BYTES, LogFrameDecoder::partition);
    List<LogFrame.OpenBatch> batches =
        source.list(BATCH_BYTES, in -> new LogFrame.OpenBatch(in.i64(), in.lsn()));
    List<LogFrame.DirtyFile> files =
        source.list(FILE_BYTES, in -> new LogFrame.DirtyFile(in.count(), in.count()));
    return new LogFrame.CheckpointEnd(number, partitions, batches, files);
  }

  private static LogFrame.PartitionLsn partition(ByteSource source) throws CorruptBytesException {
    int tableId = source.count();
    int prefix = source.i32();
    int bits = source.u8();
    source.check(SlotHeader.isPrefix(prefix, bits), 5, prefix);
    return new LogFrame.PartitionLsn(tableId, prefix, bits, source.lsn());
  }
}
