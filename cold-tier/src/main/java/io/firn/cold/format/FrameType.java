// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The types of log frames. Their codes are part of the format and never change. */
public enum FrameType {
  /** A key without an entry got a record. */
  TUPLE_INSERT(1, FramePayloads.REFERENCE),
  /** A key's entry points to another record. */
  TUPLE_UPDATE(2, FramePayloads.REFERENCE),
  /** A key's entry is gone. */
  TUPLE_DELETE(3, FramePayloads.DELETE),
  /** A table exists. */
  TABLE_CREATE(4, FramePayloads.TABLE_CREATE),
  /** A table is gone with all that belongs to it. */
  TABLE_DROP(5, FramePayloads.NONE),
  /** Entries of versions below this frame are void. */
  TABLE_CLEAR(6, FramePayloads.NONE),
  /** A segment exists. */
  SEGMENT_CREATE(7, FramePayloads.SEGMENT_CREATE),
  /** An extent was opened or sealed. */
  SEGMENT_STATE(8, FramePayloads.SEGMENT_STATE),
  /** A segment is gone; entries into it are void. */
  SEGMENT_DROP(9, FramePayloads.SEGMENT_DROP),
  /** An insert or update that carries its record. */
  PAGE_DELTA(10, FramePayloads.CARRIED),
  /** The same for a record that fills whole pages. */
  PAGE_IMAGE(11, FramePayloads.CARRIED),
  /** Entries point to copies of their records. */
  RELOCATE(12, FramePayloads.RELOCATE),
  /** All frames of a batch count. */
  BATCH_COMMIT(13, FramePayloads.BATCH_COMMIT),
  /** Where a long-running job stands. */
  JOB_STATE(14, FramePayloads.JOB_STATE),
  /** The mark: everything below an LSN was forced. */
  DURABLE(15, FramePayloads.DURABLE),
  /** A checkpoint has begun. */
  CHECKPOINT_BEGIN(16, FramePayloads.CHECKPOINT_BEGIN),
  /** A checkpoint is complete. */
  CHECKPOINT_END(17, FramePayloads.CHECKPOINT_END),
  /** Deadlines of entries with an access-based expiry moved. */
  TOUCH(18, FramePayloads.TOUCH),
  /** Nothing: a claim that was given up. */
  PAD(19, FramePayloads.PAD),
  /** The log goes on in the next segment. */
  SEGMENT_END(20, FramePayloads.NONE);

  private static final @Nullable FrameType[] BY_CODE = byCode();

  private final int code;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Field> payload;

  private final int payloadBytes;
  private final boolean variable;

  FrameType(int code, List<Field> payload) {
    this.code = code;
    this.payload = payload;
    this.variable = payload.stream().anyMatch(field -> field.bytes() == Field.VARIABLE);
    this.payloadBytes = payload.stream().mapToInt(field -> Math.max(0, field.bytes())).sum();
  }

  /** Returns the code on disk, 1 to 20. */
  public int code() {
    return code;
  }

  /** Returns the type with a code, or {@code null} if this version knows none. */
  public static @Nullable FrameType of(int code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /** Returns the fields behind the header. */
  List<Field> payload() {
    return payload;
  }

  /** Tells whether a payload of this size, without a batch id, is possible. */
  boolean admits(int bytes) {
    return variable ? bytes >= payloadBytes : bytes == payloadBytes;
  }

  /** Tells whether a frame of this type may belong to a batch. */
  boolean mayBeInBatch() {
    return switch (this) {
      case TUPLE_INSERT, TUPLE_UPDATE, TUPLE_DELETE, PAGE_DELTA, PAGE_IMAGE -> true;
      default -> false;
    };
  }

  private static @Nullable FrameType[] byCode() {
    @Nullable FrameType[] types = new @Nullable FrameType[values().length + 1];
    for (FrameType type : values()) {
      types[type.code] = type;
    }
    return types;
  }
}
