// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.util.zip.CRC32C;

/** CRC32C over private memory. An instance is not thread-safe. */
public final class Crc32c {
  private final CRC32C crc = new CRC32C();
  private final byte[] word = new byte[Long.BYTES];

  /** Creates a checksum over nothing. */
  public Crc32c() {}

  /** Returns the checksum of a range. */
  public static int of(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** Starts again. */
  public void reset() {
    crc.reset();
  }

  /** Adds a range. */
  public void update(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
  }

  /** Adds the eight bytes of a number, little-endian. */
  public void updateLong(long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      word[i] = (byte) (value >>> (8 * i));
    }
    crc.update(word, 0, Long.BYTES);
  }

  /** Returns the checksum of everything added since the last reset. */
  public int value() {
    return (int) crc.getValue();
  }
}
