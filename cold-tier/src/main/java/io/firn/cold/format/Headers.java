// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import io.firn.cold.model.UnsupportedVersionException;

/**
 * Checks that every header begins with. The order matters: magic, then checksum, then version, then
 * the fields. Place and range of the checksum are the same in all versions, so a flipped bit in the
 * version is damage and never taken for a newer store.
 */
final class Headers {
  private Headers() {}

  static void checkMagic(byte[] bytes, int offset, int magic, String resource)
      throws CorruptBytesException {
    int found = LittleEndian.getInt(bytes, offset);
    if (found != magic) {
      throw new CorruptBytesException(
          resource, offset, "magic is " + hex(found) + ", expected " + hex(magic));
    }
  }

  static void checkLength(byte[] bytes, int offset, int length, String resource)
      throws CorruptBytesException {
    if (offset < 0 || bytes.length - offset < length) {
      throw new CorruptBytesException(
          resource, offset, (bytes.length - offset) + " bytes, expected at least " + length);
    }
  }

  static void checkCrc(int found, int computed, int offset, String resource)
      throws CorruptBytesException {
    if (found != computed) {
      throw new CorruptBytesException(
          resource, offset, "checksum is " + hex(found) + ", the bytes have " + hex(computed));
    }
  }

  /** Checks the checksum at {@code crcOffset}, which covers everything before it. */
  static void checkLeadingCrc(byte[] bytes, int crcOffset, String resource)
      throws CorruptBytesException {
    checkCrc(
        LittleEndian.getInt(bytes, crcOffset), Crc32c.of(bytes, 0, crcOffset), crcOffset, resource);
  }

  static void checkVersion(int found, int supported, int offset, String resource)
      throws CorruptBytesException {
    checkVersion(found, supported, supported, offset, resource);
  }

  static void checkVersion(int found, int oldest, int supported, int offset, String resource)
      throws CorruptBytesException {
    if (found > supported) {
      throw new UnsupportedVersionException(
          resource
              + " has format version "
              + found
              + ", this Firn reads up to version "
              + supported,
          null);
    }
    check(found >= oldest, resource, offset, "version", found);
  }

  static void checkZeros(byte[] bytes, int from, int to, String resource)
      throws CorruptBytesException {
    for (int at = from; at < to; at++) {
      check(bytes[at] == 0, resource, at, "reserved byte", bytes[at]);
    }
  }

  /** Throws if a field's value is none that a writer stores. */
  static void check(boolean plausible, String resource, long offset, String field, long value)
      throws CorruptBytesException {
    if (!plausible) {
      throw new CorruptBytesException(resource, offset, field + " is " + value);
    }
  }

  private static String hex(int value) {
    return String.format("0x%08x", value);
  }
}
