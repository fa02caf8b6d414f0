// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads fields one after another and believes none: every length and count is compared with the
 * bytes that are left before anything is allocated.
 */
final class ByteSource {
  /** Decodes one element of a list. */
  @FunctionalInterface
  interface Element<T> {
    T read(ByteSource source) throws CorruptBytesException;
  }

  private final byte[] bytes;
  private final int end;
  private final String resource;
  private int at;

  ByteSource(byte[] bytes, int offset, int length, String resource) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
    this.resource = resource;
  }

  int u8() throws CorruptBytesException {
    return LittleEndian.getByte(bytes, claim(1));
  }

  int u16() throws CorruptBytesException {
    return LittleEndian.getShort(bytes, claim(2));
  }

  int i32() throws CorruptBytesException {
    return LittleEndian.getInt(bytes, claim(4));
  }

  long i64() throws CorruptBytesException {
    return LittleEndian.getLong(bytes, claim(8));
  }

  /** Reads a 32-bit number that is not negative. */
  int count() throws CorruptBytesException {
    int value = i32();
    check(value >= 0, 4, value);
    return value;
  }

  /** Reads a 64-bit number that is not negative. */
  long size() throws CorruptBytesException {
    long value = i64();
    check(value >= 0, 8, value);
    return value;
  }

  /** Reads an LSN. */
  long lsn() throws CorruptBytesException {
    long value = i64();
    check(value >= 0 && value % 8 == 0, 8, value);
    return value;
  }

  Octets octets() throws CorruptBytesException {
    int length = count();
    return Octets.of(bytes, claim(length), length);
  }

  String text() throws CorruptBytesException {
    int length = u16();
    int start = claim(length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, length))
          .toString();
    } catch (CharacterCodingException notText) {
      CorruptBytesException corrupt =
          new CorruptBytesException(resource, start, "a name is not UTF-8");
      corrupt.initCause(notText);
      throw corrupt;
    }
  }

  /** Reads a count and as many elements, each of which takes at least {@code elementBytes}. */
  <T> List<T> list(int elementBytes, Element<T> element) throws CorruptBytesException {
    int count = count();
    check(count <= (end - at) / elementBytes, 4, count);
    List<T> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(element.read(this));
    }
    return elements;
  }

  /** Throws if the field of {@code width} bytes that was just read has an impossible value. */
  void check(boolean plausible, int width, long value) throws CorruptBytesException {
    if (!plausible) {
      throw new CorruptBytesException(resource, at - (long) width, "impossible value " + value);
    }
  }

  void skipRest() {
    at = end;
  }

  void expectEnd() throws CorruptBytesException {
    if (at != end) {
      throw new CorruptBytesException(resource, at, (end - at) + " bytes too many");
    }
  }

  private int claim(int length) throws CorruptBytesException {
    if (length > end - at) {
      throw new CorruptBytesException(
          resource, at, "a field of " + length + " bytes, " + (end - at) + " are left");
    }
    int start = at;
    at += length;
    return start;
  }
}
