// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Writes fields one after another into an array that grows. */
final class ByteSink {
  /** Encodes one element of a list. */
  @FunctionalInterface
  interface Element<T> {
    void write(ByteSink sink, T element);
  }

  private byte[] bytes;
  private int at;

  /** Starts behind {@code start} bytes, which are zero. */
  ByteSink(int start) {
    this.bytes = new byte[Math.max(start, 256)];
    this.at = start;
  }

  @CanIgnoreReturnValue
  ByteSink u8(int value) {
    int start = claim(1);
    bytes[start] = (byte) value;
    return this;
  }

  @CanIgnoreReturnValue
  ByteSink u16(int value) {
    int start = claim(2);
    LittleEndian.putShort(bytes, start, value);
    return this;
  }

  @CanIgnoreReturnValue
  ByteSink i32(int value) {
    int start = claim(4);
    LittleEndian.putInt(bytes, start, value);
    return this;
  }

  @CanIgnoreReturnValue
  ByteSink i64(long value) {
    int start = claim(8);
    LittleEndian.putLong(bytes, start, value);
    return this;
  }

  @CanIgnoreReturnValue
  ByteSink octets(Octets octets) {
    i32(octets.length());
    return raw(octets.toArray());
  }

  /**
   * Writes a name.
   *
   * @throws IllegalArgumentException if it has more than 65,535 bytes in UTF-8
   */
  @CanIgnoreReturnValue
  ByteSink text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > 0xFFFF) {
      throw new IllegalArgumentException("a name of " + utf8.length + " bytes");
    }
    u16(utf8.length);
    return raw(utf8);
  }

  @CanIgnoreReturnValue
  <T> ByteSink list(List<T> elements, Element<T> element) {
    i32(elements.size());
    for (T each : elements) {
      element.write(this, each);
    }
    return this;
  }

  int length() {
    return at;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, at);
  }

  private ByteSink raw(byte[] source) {
    int start = claim(source.length);
    System.arraycopy(source, 0, bytes, start, source.length);
    return this;
  }

  private int claim(int length) {
    int start = at;
    at = Math.addExact(at, length);
    if (at > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(at, bytes.length * 2));
    }
    return start;
  }
}
