// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.Arrays;

/**
 * Builds one log frame at a time in its own buffer: a method per type writes header and payload and
 * returns the frame's exact length; {@link #seal} adds the checksum once the position is known.
 * Reusable; not thread-safe.
 */
public final class FrameWriter {
  private static final int INITIAL_BYTES = 4096;
  private static final int SEED_BYTES = 16;
  private static final int RETAINED_BYTES = 1 << 20;

  private final Crc32c crc = new Crc32c();
  private final byte[] seed = new byte[SEED_BYTES];
  private byte[] bytes = new byte[INITIAL_BYTES];

  /** Creates a writer with a small buffer, which grows with the frames and shrinks again. */
  public FrameWriter() {}

  /** Returns the buffer; the frame starts at 0. It may be replaced by the next frame. */
  public byte[] bytes() {
    return bytes;
  }

  /** Builds a {@code TupleInsert}, or a {@code TupleUpdate}. */
  public int insert(
      boolean update,
      int tableId,
      long hash,
      long word,
      int recordLength,
      int recordCrc,
      int flags) {
    FrameType type = update ? FrameType.TUPLE_UPDATE : FrameType.TUPLE_INSERT;
    reference(type, tableId, hash, word, recordLength, recordCrc, flags, Frames.AT_RECORD);
    return Frames.AT_RECORD;
  }

  /** Builds a {@code TupleDelete}. */
  public int delete(int tableId, long hash, int flags) {
    int length = Frames.AT_HASH + Long.BYTES;
    header(FrameType.TUPLE_DELETE, tableId, flags, length);
    LittleEndian.putLong(bytes, Frames.AT_HASH, hash);
    return length;
  }

  /** Builds a {@code PageDelta}, or a {@code PageImage}, which carries its record. */
  public int carried(
      boolean image,
      int tableId,
      long hash,
      long word,
      byte[] record,
      int recordOffset,
      int recordLength,
      int recordCrc,
      int flags) {
    int length = Math.addExact(Frames.AT_RECORD, recordLength);
    ensureCapacity(length);
    FrameType type = image ? FrameType.PAGE_IMAGE : FrameType.PAGE_DELTA;
    reference(type, tableId, hash, word, recordLength, recordCrc, flags, length);
    System.arraycopy(record, recordOffset, bytes, Frames.AT_RECORD, recordLength);
    return length;
  }

  /**
   * Makes the frame just built, a tuple or carried record, part of a batch.
   *
   * @param length what its method returned
   * @return the frame's new length
   */
  public int inBatch(int length, long batchId) {
    int longer = Math.addExact(length, Frames.BATCH_ID_BYTES);
    if (longer > bytes.length) {
      bytes = Arrays.copyOf(bytes, longer);
    }
    LittleEndian.putInt(bytes, Frames.AT_LENGTH, longer);
    bytes[Frames.AT_FLAGS] |= (byte) Frames.IN_BATCH;
    LittleEndian.putLong(bytes, length, batchId);
    return longer;
  }

  /**
   * Builds a {@code TableCreate}.
   *
   * @throws IllegalArgumentException if the name has more than 65,535 bytes in UTF-8
   */
  public int tableCreate(int tableId, String name, Octets options) {
    ByteSink payload = new ByteSink(0).text(name).octets(options);
    return variable(FrameType.TABLE_CREATE, tableId, payload);
  }

  /** Builds a {@code TableDrop}. */
  public int tableDrop(int tableId) {
    return empty(FrameType.TABLE_DROP, tableId);
  }

  /** Builds a {@code TableClear}. */
  public int tableClear(int tableId) {
    return empty(FrameType.TABLE_CLEAR, tableId);
  }

  /** Builds a {@code SegmentCreate}. */
  public int segmentCreate(
      int tableId, int segment, int streamClass, long capacity, long lsnBase, long timeBaseMillis) {
    int length = Frames.AT_TIME_BASE + Long.BYTES;
    header(FrameType.SEGMENT_CREATE, tableId, 0, length);
    LittleEndian.putInt(bytes, Frames.AT_SEGMENT, segment);
    LittleEndian.putInt(bytes, Frames.AT_STREAM_CLASS, streamClass);
    LittleEndian.putLong(bytes, Frames.AT_CAPACITY, capacity);
    LittleEndian.putLong(bytes, Frames.AT_LSN_BASE, lsnBase);
    LittleEndian.putLong(bytes, Frames.AT_TIME_BASE, timeBaseMillis);
    return length;
  }

  /** Builds a {@code SegmentState}. */
  public int segmentState(int tableId, int segment, ExtentState state, int firstPage, int pages) {
    int length = Frames.AT_PAGES + Integer.BYTES;
    header(FrameType.SEGMENT_STATE, tableId, 0, length);
    LittleEndian.putInt(bytes, Frames.AT_SEGMENT, segment);
    bytes[Frames.AT_STATE] = (byte) state.code();
    LittleEndian.putInt(bytes, Frames.AT_FIRST_PAGE, firstPage);
    LittleEndian.putInt(bytes, Frames.AT_PAGES, pages);
    return length;
  }

  /** Builds a {@code SegmentDrop}. */
  public int segmentDrop(int tableId, int segment) {
    int length = Frames.AT_SEGMENT + Integer.BYTES;
    header(FrameType.SEGMENT_DROP, tableId, 0, length);
    LittleEndian.putInt(bytes, Frames.AT_SEGMENT, segment);
    return length;
  }

  /**
   * Builds a {@code Relocate}; always with {@code FORCED_BEFORE}.
   *
   * @param moves {@code count} times hash, old address word, new address word
   */
  public int relocate(int tableId, long[] moves, int count) {
    int length = Math.addExact(Frames.AT_ITEMS, Math.multiplyExact(count, Frames.MOVE_BYTES));
    ensureCapacity(length);
    header(FrameType.RELOCATE, tableId, Frames.FORCED_BEFORE, length);
    LittleEndian.putInt(bytes, Frames.AT_COUNT, count);
    for (int i = 0; i < 3 * count; i++) {
      LittleEndian.putLong(bytes, Frames.AT_ITEMS + i * Long.BYTES, moves[i]);
    }
    return length;
  }

  /** Builds a {@code Touch} from the first {@code count} hashes and their deadlines. */
  public int touch(int tableId, long[] hashes, int[] deadlines, int count) {
    int length = Math.addExact(Frames.AT_ITEMS, Math.multiplyExact(count, Frames.TOUCH_BYTES));
    ensureCapacity(length);
    header(FrameType.TOUCH, tableId, 0, length);
    LittleEndian.putInt(bytes, Frames.AT_COUNT, count);
    for (int i = 0, at = Frames.AT_ITEMS; i < count; i++, at += Frames.TOUCH_BYTES) {
      LittleEndian.putLong(bytes, at, hashes[i]);
      LittleEndian.putInt(bytes, at + Frames.TOUCH_DEADLINE, deadlines[i]);
    }
    return length;
  }

  /** Builds a {@code BatchCommit}. */
  public int batchCommit(long batchId, long firstLsn, int count) {
    int length = Frames.AT_BATCH_COUNT + Integer.BYTES;
    header(FrameType.BATCH_COMMIT, 0, 0, length);
    LittleEndian.putLong(bytes, Frames.AT_BATCH_ID, batchId);
    LittleEndian.putLong(bytes, Frames.AT_BATCH_FIRST, firstLsn);
    LittleEndian.putInt(bytes, Frames.AT_BATCH_COUNT, count);
    return length;
  }

  /** Builds a {@code JobState}; {@code kind} is 0 to 255. */
  public int jobState(int tableId, long jobId, int kind, Octets state) {
    return variable(
        FrameType.JOB_STATE, tableId, new ByteSink(0).i64(jobId).u8(kind).octets(state));
  }

  /** Builds a mark, {@code Durable}. */
  public int durable(long lsn, long wallMillis) {
    int length = Frames.AT_WALL + Long.BYTES;
    header(FrameType.DURABLE, 0, 0, length);
    LittleEndian.putLong(bytes, Frames.AT_DURABLE_LSN, lsn);
    LittleEndian.putLong(bytes, Frames.AT_WALL, wallMillis);
    return length;
  }

  /** Builds a {@code CheckpointBegin}. */
  public int checkpointBegin(long number) {
    int length = Frames.AT_NUMBER + Long.BYTES;
    header(FrameType.CHECKPOINT_BEGIN, 0, 0, length);
    LittleEndian.putLong(bytes, Frames.AT_NUMBER, number);
    return length;
  }

  /** Builds a {@code CheckpointEnd}. */
  public int checkpointEnd(LogFrame.CheckpointEnd end) {
    ByteSink payload =
        new ByteSink(0)
            .i64(end.number())
            .list(
                end.partitions(),
                (sink, each) ->
                    sink.i32(each.tableId()).i32(each.prefix()).u8(each.bits()).i64(each.lsn()))
            .list(end.openBatches(), (sink, each) -> sink.i64(each.batchId()).i64(each.firstLsn()))
            .list(end.dirtyFiles(), (sink, each) -> sink.i32(each.tableId()).i32(each.segment()));
    return variable(FrameType.CHECKPOINT_END, 0, payload);
  }

  /**
   * Builds a {@code Pad} of exactly {@code length} bytes, for a claim that was given up.
   *
   * @throws IllegalArgumentException if {@code length} is below {@link Frames#HEADER_BYTES}
   */
  public int pad(int length) {
    if (length < Frames.HEADER_BYTES) {
      throw new IllegalArgumentException("pad of " + length + " bytes");
    }
    ensureCapacity(length);
    header(FrameType.PAD, 0, 0, length);
    Arrays.fill(bytes, Frames.HEADER_BYTES, length, (byte) 0);
    return length;
  }

  /** Builds a {@code SegmentEnd}. */
  public int segmentEnd() {
    return empty(FrameType.SEGMENT_END, 0);
  }

  /**
   * Sets the checksum, which makes the frame valid at one position of one log segment only.
   *
   * @param length what the frame's method returned
   */
  public void seal(long salt, long positionLsn, int length) {
    LittleEndian.putLong(seed, 0, salt);
    LittleEndian.putLong(seed, Long.BYTES, positionLsn);
    LittleEndian.putInt(bytes, Frames.AT_CRC, 0);
    crc.reset();
    crc.update(seed, 0, SEED_BYTES);
    crc.update(bytes, 0, length);
    LittleEndian.putInt(bytes, Frames.AT_CRC, crc.value());
  }

  private void reference(
      FrameType type,
      int tableId,
      long hash,
      long word,
      int recordLength,
      int recordCrc,
      int flags,
      int length) {
    header(type, tableId, flags, length);
    LittleEndian.putLong(bytes, Frames.AT_HASH, hash);
    LittleEndian.putLong(bytes, Frames.AT_WORD, word);
    LittleEndian.putLong(
        bytes, Frames.AT_RECORD_LENGTH, (recordLength & 0xFFFF_FFFFL) | ((long) recordCrc << 32));
  }

  /** Writes the header as two longs: length with a zero checksum, then the other fields. */
  private void header(FrameType type, int tableId, int flags, int length) {
    LittleEndian.putLong(bytes, Frames.AT_LENGTH, length);
    long rest = type.code() | (Frames.VERSION << 8) | (flags << 16);
    LittleEndian.putLong(bytes, Frames.AT_TYPE, rest | ((long) tableId << 32));
  }

  private int empty(FrameType type, int tableId) {
    header(type, tableId, 0, Frames.HEADER_BYTES);
    return Frames.HEADER_BYTES;
  }

  private int variable(FrameType type, int tableId, ByteSink payload) {
    int length = Math.addExact(Frames.HEADER_BYTES, payload.length());
    ensureCapacity(length);
    header(type, tableId, 0, length);
    System.arraycopy(payload.toArray(), 0, bytes, Frames.HEADER_BYTES, payload.length());
    return length;
  }

  private void ensureCapacity(int needed) {
    boolean oversized = bytes.length > RETAINED_BYTES && needed <= RETAINED_BYTES;
    if (needed > bytes.length || oversized) {
      bytes = new byte[Math.max(INITIAL_BYTES, needed)];
    }
  }
}
