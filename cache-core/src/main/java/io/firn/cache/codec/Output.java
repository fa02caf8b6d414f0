// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static java.util.Objects.requireNonNull;

import io.firn.cold.model.OversizedValueException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A growing array of bytes that a codec writes to, little-endian. Not thread-safe; the cache reuses
 * instances, so a codec must not keep one.
 *
 * <p>Lengths and counts are best written with {@link #writeVarInt}: 1 byte below 128.
 */
public final class Output {
  private static final int INITIAL_BYTES = 256;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final String what;
  private final int maximumBytes;
  private byte[] bytes;
  private int length;

  /**
   * Creates an empty output.
   *
   * @param what names the content in the message of an {@link OversizedValueException}
   * @param maximumBytes the most bytes it takes, at least 0
   * @throws IllegalArgumentException if {@code maximumBytes} is negative
   */
  public Output(String what, int maximumBytes) {
    if (maximumBytes < 0) {
      throw new IllegalArgumentException("maximumBytes is " + maximumBytes + ", must be >= 0");
    }
    this.what = requireNonNull(what, "what");
    this.maximumBytes = maximumBytes;
    this.bytes = new byte[Math.min(INITIAL_BYTES, maximumBytes)];
  }

  /** Returns the number of bytes written. */
  public int length() {
    return length;
  }

  /** Returns the array that holds the bytes from index 0 on; it is replaced when it must grow. */
  public byte[] array() {
    return bytes;
  }

  /** Returns a copy of the bytes written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** Forgets what was written, so that the output can be used again. */
  public void reset() {
    length = 0;
  }

  /** Writes the low 8 bits of {@code value}. */
  public void writeByte(int value) {
    int at = advance(1);
    bytes[at] = (byte) value;
  }

  /** Writes 1 for true and 0 for false, in one byte. */
  public void writeBoolean(boolean value) {
    writeByte(value ? 1 : 0);
  }

  /** Writes 4 bytes. */
  public void writeInt(int value) {
    int at = advance(Integer.BYTES);
    INT.set(bytes, at, value);
  }

  /** Writes 8 bytes. */
  public void writeLong(long value) {
    int at = advance(Long.BYTES);
    LONG.set(bytes, at, value);
  }

  /** Writes the 8 bytes of {@link Double#doubleToRawLongBits}. */
  public void writeDouble(double value) {
    writeLong(Double.doubleToRawLongBits(value));
  }

  /** Writes 1 to 5 bytes, 7 bits each, lowest first; negative numbers take 5. */
  public void writeVarInt(int value) {
    writeVarLong(Integer.toUnsignedLong(value));
  }

  /** Writes 1 to 10 bytes, 7 bits each, lowest first; negative numbers take 10. */
  public void writeVarLong(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      writeByte((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    writeByte((int) rest);
  }

  /** Writes all bytes of {@code source}, without a length. */
  public void writeBytes(byte[] source) {
    writeBytes(source, 0, source.length);
  }

  /**
   * Writes {@code count} bytes of {@code source} from {@code offset} on, without a length.
   *
   * @throws IndexOutOfBoundsException if the range is not inside {@code source}
   */
  public void writeBytes(byte[] source, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, source.length);
    int at = advance(count);
    System.arraycopy(source, offset, bytes, at, count);
  }

  /** Writes the length of {@code source} as a VarInt, then its bytes. */
  public void writeByteArray(byte[] source) {
    writeVarInt(source.length);
    writeBytes(source);
  }

  /**
   * Writes {@code text} as UTF-8, without a length.
   *
   * @throws IllegalArgumentException if it holds an unpaired surrogate, which UTF-8 cannot express
   */
  public void writeUtf8(String text) {
    int chars = text.length();
    ensure(chars);
    int i = 0;
    int at = length;
    while (i < chars && text.charAt(i) < 0x80) {
      bytes[at++] = (byte) text.charAt(i++);
    }
    length = at;
    while (i < chars) {
      int codePoint = codePointAt(text, i);
      i += Character.charCount(codePoint);
      writeCodePoint(codePoint);
    }
  }

  /** Writes the number of UTF-8 bytes of {@code text} as a VarInt, then these bytes. */
  public void writeString(String text) {
    writeVarInt(utf8Length(text));
    writeUtf8(text);
  }

  private void writeCodePoint(int codePoint) {
    if (codePoint < 0x80) {
      writeByte(codePoint);
    } else if (codePoint < 0x800) {
      writeByte(0xC0 | (codePoint >>> 6));
      writeByte(0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
      writeByte(0xE0 | (codePoint >>> 12));
      writeByte(0x80 | ((codePoint >>> 6) & 0x3F));
      writeByte(0x80 | (codePoint & 0x3F));
    } else {
      writeByte(0xF0 | (codePoint >>> 18));
      writeByte(0x80 | ((codePoint >>> 12) & 0x3F));
      writeByte(0x80 | ((codePoint >>> 6) & 0x3F));
      writeByte(0x80 | (codePoint & 0x3F));
    }
  }

  private static int utf8Length(String text) {
    int count = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // A pair of surrogates is two chars and four bytes.
      count += c < 0x80 ? 1 : (c < 0x800 || Character.isSurrogate(c)) ? 2 : 3;
    }
    return count;
  }

  private static int codePointAt(String text, int index) {
    int codePoint = text.codePointAt(index);
    if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      throw new IllegalArgumentException(
          "unpaired surrogate 0x"
              + Integer.toHexString(codePoint)
              + " at index "
              + index
              + " of a string of "
              + text.length()
              + " chars; UTF-8 cannot express it");
    }
    return codePoint;
  }

  private int advance(int count) {
    ensure(count);
    int at = length;
    length = at + count;
    return at;
  }

  private void ensure(int count) {
    int needed = length + count;
    if (needed < 0 || needed > bytes.length) {
      grow(Integer.toUnsignedLong(needed));
    }
  }

  private void grow(long needed) {
    if (needed > maximumBytes) {
      throw new OversizedValueException(
          what + " needs at least " + needed + " bytes, the maximum is " + maximumBytes, null);
    }
    long doubled = Math.max(needed, 2L * bytes.length);
    bytes = Arrays.copyOf(bytes, (int) Math.min(maximumBytes, doubled));
  }
}
