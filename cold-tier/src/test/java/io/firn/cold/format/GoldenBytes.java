// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/** Reads bytes written by hand: hexadecimal pairs, and behind a bar what they mean. */
final class GoldenBytes {
  private GoldenBytes() {}

  static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    text.lines()
        .map(line -> line.replaceFirst("[|].*", "").replace(" ", ""))
        .forEach(line -> bytes.writeBytes(HexFormat.of().parseHex(line)));
    return bytes.toByteArray();
  }

  /** Returns a copy with one bit inverted. */
  static byte[] flipped(byte[] bytes, int bit) {
    byte[] copy = bytes.clone();
    copy[bit / 8] ^= (byte) (1 << (bit % 8));
    return copy;
  }
}
