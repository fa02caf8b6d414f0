// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads one log frame at a time from a private buffer and verifies it. The accessors hold for the
 * last frame that {@link #wrap} answered with {@link Verdict#OK}; one that the frame's type does
 * not have returns bytes of no meaning or throws {@link IndexOutOfBoundsException}. Reusable; not
 * thread-safe.
 */
public final class FrameReader {
  /** What the bytes are. */
  public enum Verdict {
    /** A frame whose checksum holds and whose payload has a size that its type allows. */
    OK,
    /**
     * The length is 0: nothing was published here. Damage can look the same; below a mark it is
     * damage.
     */
    EMPTY,
    /** No frame of this place and salt, or a damaged one, or one that does not end in the bytes. */
    BAD,
    /** The checksum holds, but a newer version of Firn wrote the frame. */
    NEWER
  }

  private static final int SEED_BYTES = 16;

  private final Crc32c crc = new Crc32c();
  private final byte[] seed = new byte[SEED_BYTES + Frames.AT_TYPE];
  private byte[] bytes = new byte[Frames.HEADER_BYTES];
  private int offset;
  private int length;
  private int flags;
  private FrameType type = FrameType.PAD;

  /** Creates a reader. */
  public FrameReader() {}

  /**
   * Decodes and verifies the frame at an offset. Any bytes give a verdict.
   *
   * @param buffer private memory, kept until the next call
   * @param available bytes from {@code offset} on that may belong to the frame
   * @param salt of the log segment
   * @param positionLsn LSN of the position
   * @throws IndexOutOfBoundsException if the range is not inside the buffer
   */
  public Verdict wrap(byte[] buffer, int offset, int available, long salt, long positionLsn) {
    Objects.checkFromIndexSize(offset, available, buffer.length);
    if (available < Frames.HEADER_BYTES) {
      return available >= 4 && LittleEndian.getInt(buffer, offset) == 0
          ? Verdict.EMPTY
          : Verdict.BAD;
    }
    int claimed = LittleEndian.getInt(buffer, offset + Frames.AT_LENGTH);
    if (claimed == 0) {
      return Verdict.EMPTY;
    }
    if (claimed < Frames.HEADER_BYTES || claimed > available) {
      return Verdict.BAD;
    }
    this.bytes = buffer;
    this.offset = offset;
    this.length = claimed;
    if (computeCrc(salt, positionLsn) != LittleEndian.getInt(buffer, offset + Frames.AT_CRC)) {
      return Verdict.BAD;
    }
    FrameType known = FrameType.of(LittleEndian.getByte(buffer, offset + Frames.AT_TYPE));
    int version = LittleEndian.getByte(buffer, offset + Frames.AT_VERSION);
    flags = LittleEndian.getShort(buffer, offset + Frames.AT_FLAGS);
    if (known == null || version > Frames.VERSION || (flags & ~Frames.KNOWN_FLAGS) != 0) {
      return Verdict.NEWER;
    }
    type = known;
    return version == Frames.VERSION && isPlausible() ? Verdict.OK : Verdict.BAD;
  }

  /** Returns the type. */
  public FrameType type() {
    return type;
  }

  /** Returns the flags, {@link Frames#FORCED_BEFORE} and {@link Frames#IN_BATCH}. */
  public int flags() {
    return flags;
  }

  /** Returns the table, 0 where none is meant. */
  public int tableId() {
    return intAt(Frames.AT_TABLE);
  }

  /** Returns the exact length in bytes, header included. */
  public int length() {
    return length;
  }

  /** Returns the distance to the next frame in bytes. */
  public int alignedLength() {
    return Frames.align8(length);
  }

  /** Returns the index of the payload in the buffer. */
  public int payloadOffset() {
    return offset + Frames.HEADER_BYTES;
  }

  /** Returns the payload's size in bytes, the batch id not counted. */
  public int payloadLength() {
    return length - Frames.HEADER_BYTES - (isInBatch() ? Frames.BATCH_ID_BYTES : 0);
  }

  /** Tells whether the frame is void without the commit of {@link #batchId}. */
  public boolean isInBatch() {
    return (flags & Frames.IN_BATCH) != 0;
  }

  /** Returns the batch of a frame that is in one. */
  public long batchId() {
    return longAt(length - Frames.BATCH_ID_BYTES);
  }

  /** Returns the hash of a tuple or carried record. */
  public long hash() {
    return longAt(Frames.AT_HASH);
  }

  /** Returns the address word of an insert, update or carried record. */
  public long word() {
    return longAt(Frames.AT_WORD);
  }

  /** Returns the length in bytes of the record of an insert, update or carried record. */
  public int recordLength() {
    return intAt(Frames.AT_RECORD_LENGTH);
  }

  /** Returns the checksum of the record of an insert, update or carried record. */
  public int recordCrc() {
    return intAt(Frames.AT_RECORD_CRC);
  }

  /** Returns the index in the buffer of a carried record. */
  public int recordOffset() {
    return offset + Frames.AT_RECORD;
  }

  /** Returns a copy of a carried record. */
  public byte[] copyRecord() {
    return Arrays.copyOfRange(bytes, recordOffset(), recordOffset() + recordLength());
  }

  /** Returns the segment of a segment frame. */
  public int segment() {
    return intAt(Frames.AT_SEGMENT);
  }

  /** Returns the LSN of a mark. */
  public long durableLsn() {
    return longAt(Frames.AT_DURABLE_LSN);
  }

  /** Returns the time of a mark. */
  public long wallMillis() {
    return longAt(Frames.AT_WALL);
  }

  /** Returns how many moves a relocation, or touches a touch frame, has. */
  public int count() {
    return intAt(Frames.AT_COUNT);
  }

  /** Returns the hash of a move. */
  public long moveHash(int index) {
    return longAt(moveAt(index));
  }

  /** Returns the old address word of a move. */
  public long moveFrom(int index) {
    return longAt(moveAt(index) + Frames.MOVE_FROM);
  }

  /** Returns the new address word of a move. */
  public long moveTo(int index) {
    return longAt(moveAt(index) + Frames.MOVE_TO);
  }

  /** Returns the hash of a touch. */
  public long touchHash(int index) {
    return longAt(touchAt(index));
  }

  /** Returns the deadline of a touch. */
  public int touchDeadline(int index) {
    return intAt(touchAt(index) + Frames.TOUCH_DEADLINE);
  }

  ByteSource payload(String resource) {
    return new ByteSource(bytes, payloadOffset(), payloadLength(), resource);
  }

  private boolean isPlausible() {
    int payload = payloadLength();
    if ((isInBatch() && !type.mayBeInBatch()) || !type.admits(payload) || tableId() < 0) {
      return false;
    }
    return switch (type) {
      case PAGE_DELTA, PAGE_IMAGE ->
          recordLength() == payload - (Frames.AT_RECORD - Frames.HEADER_BYTES);
      case RELOCATE -> countMatches(payload, Frames.MOVE_BYTES);
      case TOUCH -> countMatches(payload, Frames.TOUCH_BYTES);
      default -> true;
    };
  }

  private boolean countMatches(int payload, int itemBytes) {
    int items = payload - (Frames.AT_ITEMS - Frames.HEADER_BYTES);
    return items == count() * (long) itemBytes;
  }

  private int computeCrc(long salt, long positionLsn) {
    LittleEndian.putLong(seed, 0, salt);
    LittleEndian.putLong(seed, 8, positionLsn);
    LittleEndian.putLong(seed, SEED_BYTES, length);
    crc.reset();
    crc.update(seed, 0, SEED_BYTES + Frames.AT_TYPE);
    crc.update(bytes, offset + Frames.AT_TYPE, length - Frames.AT_TYPE);
    return crc.value();
  }

  private static int moveAt(int index) {
    return Frames.AT_ITEMS + index * Frames.MOVE_BYTES;
  }

  private static int touchAt(int index) {
    return Frames.AT_ITEMS + index * Frames.TOUCH_BYTES;
  }

  private int intAt(int at) {
    return LittleEndian.getInt(bytes, offset + at);
  }

  private long longAt(int at) {
    return LittleEndian.getLong(bytes, offset + at);
  }
}
