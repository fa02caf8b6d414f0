// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.Arrays;

/** The bytes of a key, by which keys are compared. Immutable. */
final class EncodedKey {
  private final byte[] bytes;
  private final long hash;

  /**
   * Takes over {@code bytes}.
   *
   * @param hash the table's hash of the bytes
   */
  EncodedKey(byte[] bytes, long hash) {
    this.bytes = bytes;
    this.hash = hash;
  }

  /** Copies a key's bytes. */
  static EncodedKey copyOf(byte[] buffer, int offset, int length, long hash) {
    return new EncodedKey(Arrays.copyOfRange(buffer, offset, offset + length), hash);
  }

  /** Returns the bytes, which must not be changed. */
  byte[] bytes() {
    return bytes;
  }

  long hash() {
    return hash;
  }

  boolean matches(byte[] other, int otherLength) {
    return Arrays.equals(bytes, 0, bytes.length, other, 0, otherLength);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EncodedKey that
        && hash == that.hash
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }
}
