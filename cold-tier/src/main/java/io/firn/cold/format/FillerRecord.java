// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import java.util.Arrays;

/** A record without key and value that fills a gap, so that a page can be walked. Stateless. */
public final class FillerRecord {
  /** Smallest gap in bytes that a filler can fill. */
  public static final int MINIMUM_BYTES = RecordFormat.MINIMUM_BYTES;

  private FillerRecord() {}

  /**
   * Writes a filler of exactly {@code length} bytes.
   *
   * @throws IllegalArgumentException if {@code length} is below {@link #MINIMUM_BYTES}
   */
  public static void write(byte[] target, int offset, int length, int tableId) {
    if (length < MINIMUM_BYTES) {
      throw new IllegalArgumentException("filler of " + length + " bytes");
    }
    Arrays.fill(target, offset, offset + length, (byte) 0);
    byte[] prelude = new byte[RecordFormat.PRELUDE_BYTES];
    int crc = RecordFormat.fillerCrc(new Crc32c(), prelude, tableId, length);
    LittleEndian.putInt(target, offset + RecordFormat.AT_CRC, crc);
    target[offset + RecordFormat.AT_FLAGS] = RecordFormat.FILLER;
    // The array may end right behind the filler, so the offset that this returns is of no use.
    int unused = Varint.put(target, offset + RecordFormat.AT_TOTAL_LENGTH, length);
    assert unused <= offset + length;
  }
}
