// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/** The payloads of the frame types as {@code docs/storage.md} shows them. */
final class FramePayloads {
  static final List<Field> NONE = List.of();

  static final List<Field> REFERENCE =
      List.of(
          new Field("hash", Frames.AT_HASH, 8, "u64: keyed hash of the key"),
          new Field("word", Frames.AT_WORD, 8, "u64: address of the record"),
          new Field("recordLength", Frames.AT_RECORD_LENGTH, 4, "u32: bytes of the record"),
          new Field("recordCrc", Frames.AT_RECORD_CRC, 4, "u32: its checksum"));

  static final List<Field> CARRIED =
      List.of(
          REFERENCE.get(0),
          REFERENCE.get(1),
          REFERENCE.get(2),
          REFERENCE.get(3),
          new Field("record", Frames.AT_RECORD, Field.VARIABLE, "the record itself"));

  static final List<Field> DELETE = List.of(REFERENCE.get(0));

  static final List<Field> TABLE_CREATE =
      List.of(
          new Field("nameLength", Frames.HEADER_BYTES, 2, "u16: bytes"),
          new Field("name", Frames.HEADER_BYTES + 2, Field.VARIABLE, "UTF-8"),
          Field.following("optionsLength", 4, "u32: bytes"),
          Field.following("options", Field.VARIABLE, "see Options of a table"));

  static final List<Field> SEGMENT_CREATE =
      List.of(
          new Field("segment", Frames.AT_SEGMENT, 4, "u32"),
          new Field("streamClass", Frames.AT_STREAM_CLASS, 4, "u32, 0 to 65,535"),
          new Field("capacity", Frames.AT_CAPACITY, 8, "u64: largest size of the file in bytes"),
          new Field("lsnBase", Frames.AT_LSN_BASE, 8, "u64"),
          new Field("timeBaseMillis", Frames.AT_TIME_BASE, 8, "i64"));

  static final List<Field> SEGMENT_STATE =
      List.of(
          new Field("segment", Frames.AT_SEGMENT, 4, "u32"),
          new Field("state", Frames.AT_STATE, 1, "u8: 1 EXTENT_OPEN, 2 EXTENT_SEALED"),
          new Field("firstPage", Frames.AT_FIRST_PAGE, 4, "u32: first page of the extent"),
          new Field("pages", Frames.AT_PAGES, 4, "u32: pages of the extent"));

  static final List<Field> SEGMENT_DROP =
      List.of(new Field("segment", Frames.AT_SEGMENT, 4, "u32"));

  static final List<Field> RELOCATE =
      List.of(
          new Field("count", Frames.AT_COUNT, 4, "u32"),
          new Field(
              "moves",
              Frames.AT_ITEMS,
              Field.VARIABLE,
              "count × {hash u64, from u64, to u64}: address words"));

  static final List<Field> BATCH_COMMIT =
      List.of(
          new Field("batchId", Frames.AT_BATCH_ID, 8, "u64"),
          new Field("firstLsn", Frames.AT_BATCH_FIRST, 8, "u64: LSN of its first frame"),
          new Field("count", Frames.AT_BATCH_COUNT, 4, "u32: how many frames it has"));

  static final List<Field> JOB_STATE =
      List.of(
          new Field("jobId", Frames.AT_JOB_ID, 8, "u64"),
          new Field("kind", Frames.AT_JOB_KIND, 1, "u8"),
          new Field("stateLength", Frames.AT_JOB_KIND + 1, 4, "u32: bytes"),
          new Field("state", Frames.AT_JOB_KIND + 5, Field.VARIABLE, "encoded state of the job"));

  static final List<Field> DURABLE =
      List.of(
          new Field("lsn", Frames.AT_DURABLE_LSN, 8, "u64: log and data below it were forced"),
          new Field("wallMillis", Frames.AT_WALL, 8, "i64: wall-clock time of the force"));

  static final List<Field> CHECKPOINT_BEGIN =
      List.of(new Field("number", Frames.AT_NUMBER, 8, "u64: number of the checkpoint"));

  static final List<Field> CHECKPOINT_END =
      List.of(
          CHECKPOINT_BEGIN.get(0),
          new Field("partitionCount", Frames.AT_PARTITIONS, 4, "u32"),
          new Field(
              "partitions",
              Frames.AT_PARTITIONS + 4,
              Field.VARIABLE,
              "count × {tableId u32, prefix u32, bits u8, lsn u64}"),
          Field.following("openBatchCount", 4, "u32"),
          Field.following("openBatches", Field.VARIABLE, "count × {batchId u64, firstLsn u64}"),
          Field.following("dirtyFileCount", 4, "u32"),
          Field.following("dirtyFiles", Field.VARIABLE, "count × {tableId u32, segment u32}"));

  static final List<Field> TOUCH =
      List.of(
          new Field("count", Frames.AT_COUNT, 4, "u32"),
          new Field(
              "touches", Frames.AT_ITEMS, Field.VARIABLE, "count × {hash u64, deadline u32}"));

  static final List<Field> PAD =
      List.of(new Field("anything", Frames.HEADER_BYTES, Field.VARIABLE, "ignored"));

  private FramePayloads() {}
}
