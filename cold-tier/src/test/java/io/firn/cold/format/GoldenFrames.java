// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static io.firn.cold.format.GoldenBytes.bytes;

/** One example of every log frame, byte by byte, at one position of one log segment. */
final class GoldenFrames {
  static final long SALT = 0x0123456789ABCDEFL;
  static final long POSITION = 0x4040;

  static final byte[] TUPLE_INSERT =
      bytes(
          """
          28 00 00 00              | length
          69 e7 b8 0f              | crc
          01                       | type
          01                       | version
          01 00                    | flags
          09 00 00 00              | tableId
          18 17 16 15 14 13 12 11  | hash
          28 27 26 25 24 23 22 21  | word
          14 04 00 00              | recordLength
          be ba fe ca              | recordCrc
          """);

  static final byte[] TUPLE_UPDATE =
      bytes(
          """
          30 00 00 00              | length
          af 96 89 83              | crc
          02                       | type
          01                       | version
          02 00                    | flags
          09 00 00 00              | tableId
          18 17 16 15 14 13 12 11  | hash
          28 27 26 25 24 23 22 21  | word
          14 04 00 00              | recordLength
          be ba fe ca              | recordCrc
          77 00 00 00 00 00 00 00  | batchId
          """);

  static final byte[] TUPLE_DELETE =
      bytes(
          """
          18 00 00 00              | length
          da bc 80 a8              | crc
          03                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          18 17 16 15 14 13 12 11  | hash
          """);

  static final byte[] TABLE_CREATE =
      bytes(
          """
          1c 00 00 00              | length
          59 71 03 35              | crc
          04                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          04 00                    | nameLength
          6b c3 a4 73              | name käs
          02 00 00 00              | optionsLength
          aa bb                    | options
          """);

  static final byte[] TABLE_DROP =
      bytes(
          """
          10 00 00 00              | length
          82 db a6 8e              | crc
          05                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          """);

  static final byte[] TABLE_CLEAR =
      bytes(
          """
          10 00 00 00              | length
          eb 5c e2 55              | crc
          06                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          """);

  static final byte[] SEGMENT_CREATE =
      bytes(
          """
          30 00 00 00              | length
          50 1b 26 eb              | crc
          07                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          06 00 00 00              | segment
          02 01 00 00              | streamClass
          00 00 10 00 00 00 00 00  | capacity
          00 10 00 00 00 00 00 00  | lsnBase
          7b a8 da 76 9b 01 00 00  | timeBaseMillis
          """);

  static final byte[] SEGMENT_STATE =
      bytes(
          """
          1d 00 00 00              | length
          77 7e 41 6d              | crc
          08                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          06 00 00 00              | segment
          02                       | state EXTENT_SEALED
          40 00 00 00              | firstPage
          10 00 00 00              | pages
          """);

  static final byte[] SEGMENT_DROP =
      bytes(
          """
          14 00 00 00              | length
          7e 52 d9 da              | crc
          09                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          06 00 00 00              | segment
          """);

  static final byte[] PAGE_DELTA =
      bytes(
          """
          3c 00 00 00              | length
          a1 9b db 7a              | crc
          0a                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          18 17 16 15 14 13 12 11  | hash
          28 27 26 25 24 23 22 21  | word
          14 00 00 00              | recordLength
          73 a4 c1 20              | recordCrc
          73 a4 c1 20 05 04 03 02 01 00 14 03 6b 65 79 76 | record
          61 6c 75 65
          """);

  static final byte[] PAGE_IMAGE =
      bytes(
          """
          3c 00 00 00              | length
          0b 6f b5 de              | crc
          0b                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          18 17 16 15 14 13 12 11  | hash
          28 27 26 25 24 23 22 21  | word
          14 00 00 00              | recordLength
          73 a4 c1 20              | recordCrc
          73 a4 c1 20 05 04 03 02 01 00 14 03 6b 65 79 76 | record
          61 6c 75 65
          """);

  static final byte[] RELOCATE =
      bytes(
          """
          44 00 00 00              | length
          f2 d9 0f bb              | crc
          0c                       | type
          01                       | version
          01 00                    | flags
          09 00 00 00              | tableId
          02 00 00 00              | count
          18 17 16 15 14 13 12 11  | hash
          28 27 26 25 24 23 22 21  | from
          38 37 36 35 34 33 32 31  | to
          19 17 16 15 14 13 12 11  | hash
          28 37 26 25 24 23 22 21  | from
          38 47 36 35 34 33 32 31  | to
          """);

  static final byte[] BATCH_COMMIT =
      bytes(
          """
          24 00 00 00              | length
          3c 1d 7a 0b              | crc
          0d                       | type
          01                       | version
          00 00                    | flags
          00 00 00 00              | tableId
          77 00 00 00 00 00 00 00  | batchId
          00 40 00 00 00 00 00 00  | firstLsn
          02 00 00 00              | count
          """);

  static final byte[] JOB_STATE =
      bytes(
          """
          1f 00 00 00              | length
          66 4b 28 fb              | crc
          0e                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          88 00 00 00 00 00 00 00  | jobId
          03                       | kind
          02 00 00 00              | stateLength
          0a 0b                    | state
          """);

  static final byte[] DURABLE =
      bytes(
          """
          20 00 00 00              | length
          7e 19 55 93              | crc
          0f                       | type
          01                       | version
          00 00                    | flags
          00 00 00 00              | tableId
          38 40 00 00 00 00 00 00  | lsn
          7b a8 da 76 9b 01 00 00  | wallMillis
          """);

  static final byte[] CHECKPOINT_BEGIN =
      bytes(
          """
          18 00 00 00              | length
          50 99 e4 3a              | crc
          10                       | type
          01                       | version
          00 00                    | flags
          00 00 00 00              | tableId
          0c 00 00 00 00 00 00 00  | number
          """);

  static final byte[] CHECKPOINT_END =
      bytes(
          """
          5e 00 00 00              | length
          70 72 5f 35              | crc
          11                       | type
          01                       | version
          00 00                    | flags
          00 00 00 00              | tableId
          0c 00 00 00 00 00 00 00  | number
          02 00 00 00              | partitionCount
          09 00 00 00              | tableId
          01 00 00 00              | prefix
          01                       | bits
          00 40 00 00 00 00 00 00  | lsn
          09 00 00 00              | tableId
          00 00 00 00              | prefix
          01                       | bits
          08 40 00 00 00 00 00 00  | lsn
          01 00 00 00              | openBatchCount
          77 00 00 00 00 00 00 00  | batchId
          10 40 00 00 00 00 00 00  | firstLsn
          01 00 00 00              | dirtyFileCount
          09 00 00 00              | tableId
          06 00 00 00              | segment
          """);

  static final byte[] TOUCH =
      bytes(
          """
          2c 00 00 00              | length
          7e b8 fe 14              | crc
          12                       | type
          01                       | version
          00 00                    | flags
          09 00 00 00              | tableId
          02 00 00 00              | count
          18 17 16 15 14 13 12 11  | hash
          64 00 00 00              | deadline
          19 17 16 15 14 13 12 11  | hash
          ff ff ff ff              | deadline
          """);

  static final byte[] PAD =
      bytes(
          """
          15 00 00 00              | length
          a3 81 a9 bf              | crc
          13                       | type
          01                       | version
          00 00                    | flags
          00 00 00 00              | tableId
          00 00 00 00 00           | anything
          """);

  static final byte[] SEGMENT_END =
      bytes(
          """
          10 00 00 00              | length
          4f 66 ed 68              | crc
          14                       | type
          01                       | version
          00 00                    | flags
          00 00 00 00              | tableId
          """);

  private GoldenFrames() {}
}
