// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static io.firn.cold.format.GoldenBytes.bytes;

/** One example of every structure in data, log and index files, byte by byte. */
final class GoldenStructures {
  static final byte[] SEGMENT =
      bytes(
          """
          46 53 45 47              | magic FSEG
          01 00                    | version
          00 00                    | reserved
          03 00 00 00              | tableId
          04 03 02 00              | segment
          00 00 10 00 00 00 00 00  | capacity
          88 77 66 55 44 33 22 11  | lsnBase
          7b a8 da 76 9b 01 00 00  | timeBaseMillis
          cd ab                    | streamClass
          00 00                    | reserved
          00 40 00 00              | pageBytes
          49 80 fe fd              | crc
          00 00 00 00 00 00 00 00 00 00 00 00 | zeros
          """);

  static final byte[] TABLE_OPTIONS =
      bytes(
          """
          01                       | version
          05 00                    | keyFormatLength
          69 6e 74 36 34           | keyFormat
          04 00                    | valueFormatLength
          74 65 78 74              | valueFormat
          """);

  static final byte[] PAGE =
      bytes(
          """
          46 50 41 47              | magic FPAG
          01                       | version
          03                       | flags CONTINUED, SEALED
          00 00                    | reserved
          05 00 00 00              | pageNumber
          02 00 00 00              | recordCount
          09 00 00 00              | bytesUsed
          22 00 00 00              | firstRecordOffset
          f1 e0 4f 98              | crc
          00 00 00 00              | reserved
          01 02 03 04 05 06 07 08 09 | used bytes
          """);

  static final byte[] RECORD_PLAIN =
      bytes(
          """
          73 a4 c1 20              | crc
          05 04 03 02 01           | lsnDelta
          00                       | flags
          14                       | totalLength
          03                       | keyLength
          6b 65 79                 | key
          76 61 6c 75 65           | value
          """);

  static final byte[] RECORD_FULL =
      bytes(
          """
          7b 25 36 8a              | crc
          01 00 00 00 00           | lsnDelta
          2f                       | flags: all but FILLER
          29                       | totalLength
          03                       | keyLength
          fb ff ff ff              | writeTime, 5 s before the base
          00 5c 26 05 00           | expiry, a day after the base
          02                       | codec
          ac 02                    | dictionary
          03                       | attributesLength
          01 02 03                 | attributes
          04                       | padLength
          6b 65 79                 | key
          76 61 6c 75 65           | value
          00 00 00 00              | padding
          """);

  static final byte[] FILLER =
      bytes(
          """
          3b 5c 8b 4a              | crc
          00 00 00 00 00           | lsnDelta
          10                       | flags FILLER
          0e                       | totalLength
          00 00 00                 | zeros
          """);

  static final byte[] LOG_SEGMENT =
      bytes(
          """
          46 57 41 4c              | magic FWAL
          01 00                    | version
          00 00                    | reserved
          07 00 00 00 00 00 00 00  | sequence
          10 32 54 76 98 ba dc fe  | salt
          40 00 01 00 00 00 00 00  | baseLsn
          38 00 01 00 00 00 00 00  | previousEndLsn
          00 00 04 00 00 00 00 00  | capacity
          45 f7 2e ca              | crc
          00 00 00 00 00 00 00 00 00 00 00 00 | zeros
          """);

  static final byte[] SLOT =
      bytes(
          """
          46 49 44 58              | magic FIDX
          01 00                    | version
          10 00                    | entryBytes
          09 00 00 00              | tableId
          05 00 00 00              | prefix
          03                       | bits
          00 00 00                 | reserved
          2a 00 00 00 00 00 00 00  | number
          00 40 00 00 00 00 00 00  | lsn
          02 00 00 00              | entryCount
          c6 32 97 e0              | crc
          00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 | zeros
          00 00 00 00
          18 17 16 15 14 13 12 11  | hash
          28 27 26 25 24 23 22 21  | word
          19 17 16 15 14 13 12 11  | hash
          38 37 36 35 34 33 32 31  | word
          """);

  static final byte[] MANIFEST =
      bytes(
          """
          46 4d 41 4e              | magic FMAN
          02 00                    | version
          00 00                    | reserved
          15 00 00 00 00 00 00 00  | number
          43 01 00 00              | length
          fe 52 62 b9              | crc
          00 00 00 00 00 00 00 00  | zeros
          00 40 00 00              | pageBytes
          17                       | segmentNumberBits
          08 07 06 05 04 03 02 01  | hashSeed0
          18 17 16 15 14 13 12 11  | hashSeed1
          28 27 26 25 24 23 22 21  | storeId0
          38 37 36 35 34 33 32 31  | storeId1
          0a 00 00 00              | nextTableId
          7b a8 da 76 9b 01 00 00  | maxWallMillis
          00 50 00 00 00 00 00 00  | cleanEndLsn
          00 40 00 00 00 00 00 00  | redoLsn
          08 00 00 00 00 00 00 00  | logSequence
          2b 00 00 00 00 00 00 00  | nextSlotNumber
          01 00 00 00              | tableCount
          09 00 00 00              | id
          04 00                    | nameLength
          6b c3 a4 73              | name käs
          02 00 00 00              | optionsLength
          aa bb                    | options
          07 00 00 00              | nextSegment
          01 00 00 00              | segmentCount
          06 00 00 00              | number
          00 00 10 00 00 00 00 00  | capacity
          02 01 00 00              | streamClass
          00 10 00 00 00 00 00 00  | lsnBase
          7b a8 da 76 9b 01 00 00  | timeBaseMillis
          db 92 db 76 9b 01 00 00  | latestExpiryMillis
          20 a1 07 00 00 00 00 00  | liveCharge
          90 01 00 00 00 00 00 00  | liveRecords
          01 00 00 00              | droppedCount
          05 00 00 00              | number
          f8 3f 00 00 00 00 00 00  | dropLsn
          01 00 00 00              | openExtentCount
          06 00 00 00              | segment
          30 00 00 00              | firstPage
          10 00 00 00              | pages
          01 00 00 00              | partitionCount
          00 00 00 00              | prefix
          00                       | bits
          00 20 00 00 00 00 00 00  | offset
          00 10 00 00              | capacityBytes
          2a 00 00 00 00 00 00 00  | number
          00 40 00 00 00 00 00 00  | lsn
          c8 00 00 00              | entries
          00 00 00 00              | prefix
          00                       | bits
          ff ff ff ff ff ff ff ff  | offset: no slot
          00 00 00 00              | capacityBytes
          00 00 00 00 00 00 00 00  | number
          00 00 00 00 00 00 00 00  | lsn
          00 00 00 00              | entries
          00 00 00 00              | prefix
          00                       | bits
          01 00 00 00              | dictionaryCount
          02 00 00 00              | id
          09 00 00 00              | table
          00 00 01 00              | length
          ef be ad de              | crc of the dictionary
          01 00 00 00              | jobCount
          09 00 00 00              | tableId
          88 00 00 00 00 00 00 00  | jobId
          03                       | kind
          02 00 00 00              | stateLength
          0a 0b                    | state
          """);

  private GoldenStructures() {}
}
