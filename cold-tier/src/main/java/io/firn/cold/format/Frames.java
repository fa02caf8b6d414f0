// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/** What all frames of the log have in common: the 16-byte header and its flags. Stateless. */
public final class Frames {
  /** Size of the header of every frame. */
  public static final int HEADER_BYTES = 16;

  /** Frames begin at multiples of this. */
  public static final int ALIGNMENT = 8;

  /** Flag: the bytes to which the frame refers were forced before it was appended. */
  public static final int FORCED_BEFORE = 1;

  /** Flag: the payload ends with the id of a batch, without whose commit the frame is void. */
  public static final int IN_BATCH = 2;

  /** LSN below every frame. */
  public static final long BEFORE_EVERYTHING = 0;

  /** LSN of the first frame of a store. */
  public static final long FIRST_LSN = 64;

  static final int VERSION = 1;
  static final int KNOWN_FLAGS = FORCED_BEFORE | IN_BATCH;
  static final int BATCH_ID_BYTES = 8;

  static final int AT_LENGTH = 0;
  static final int AT_CRC = 4;

  /** Offset of the type in a frame. */
  public static final int AT_TYPE = 8;

  static final int AT_VERSION = 9;

  /** Offset of the flags in a frame. */
  public static final int AT_FLAGS = 10;

  /** Offset of the table in a frame. */
  public static final int AT_TABLE = 12;

  /* Payloads; offsets from the start of the frame. */

  /** Offset of the hash in a frame of one key. */
  public static final int AT_HASH = 16;

  static final int AT_WORD = 24;
  static final int AT_RECORD_LENGTH = 32;
  static final int AT_RECORD_CRC = 36;
  static final int AT_RECORD = 40;

  static final int AT_SEGMENT = 16;
  static final int AT_STREAM_CLASS = 20;
  static final int AT_CAPACITY = 24;
  static final int AT_LSN_BASE = 32;
  static final int AT_TIME_BASE = 40;

  static final int AT_STATE = 20;
  static final int AT_FIRST_PAGE = 21;
  static final int AT_PAGES = 25;

  static final int AT_COUNT = 16;
  static final int AT_ITEMS = 20;
  static final int MOVE_BYTES = 24;
  static final int MOVE_FROM = 8;
  static final int MOVE_TO = 16;
  static final int TOUCH_BYTES = 12;
  static final int TOUCH_DEADLINE = 8;

  static final int AT_BATCH_ID = 16;
  static final int AT_BATCH_FIRST = 24;
  static final int AT_BATCH_COUNT = 32;

  static final int AT_JOB_ID = 16;
  static final int AT_JOB_KIND = 24;

  static final int AT_DURABLE_LSN = 16;
  static final int AT_WALL = 24;

  static final int AT_NUMBER = 16;
  static final int AT_PARTITIONS = 24;

  static final List<Field> HEADER_LAYOUT =
      List.of(
          new Field(
              "length",
              AT_LENGTH,
              4,
              "u32: header and payload; the next frame stands at the next multiple of 8; 0 ="
                  + " unpublished"),
          new Field(
              "crc",
              AT_CRC,
              4,
              "CRC32C of salt u64, LSN of the frame u64, then the frame with this field as 0"),
          new Field("type", AT_TYPE, 1, "u8, see the table of types"),
          new Field("version", AT_VERSION, 1, "u8 = 1"),
          new Field(
              "flags",
              AT_FLAGS,
              2,
              "u16: 1 FORCED_BEFORE, 2 IN_BATCH (the payload ends with batchId u64)"),
          new Field("tableId", AT_TABLE, 4, "u32, 0 where no table is meant"));

  private Frames() {}

  /** Returns a length rounded up to a multiple of 8. */
  public static int align8(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
