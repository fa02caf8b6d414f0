// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The bytes of one stored key or value, read from front to back, little-endian. No length is
 * believed: a read beyond the end, or a malformed number or text, throws a {@link DecodeException}
 * and allocates nothing for it. Not thread-safe; the cache reuses instances, so a codec must not
 * keep one.
 */
public final class Input {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] NOTHING = {};

  private byte[] bytes = NOTHING;
  private int start;
  private int position;
  private int end;

  /** Creates an input without bytes; {@link #wrap} gives it some. */
  public Input() {}

  /**
   * Points this input at {@code length} bytes of {@code source} from {@code offset} on; nothing is
   * copied.
   *
   * @throws IndexOutOfBoundsException if the range is not inside {@code source}
   */
  public void wrap(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    bytes = source;
    start = offset;
    position = offset;
    end = offset + length;
  }

  /** Lets go of the bytes. */
  public void release() {
    wrap(NOTHING, 0, 0);
  }

  /** Returns how many bytes are left. */
  public int remaining() {
    return end - position;
  }

  /**
   * Checks that exactly {@code count} bytes are left.
   *
   * @throws DecodeException if there are more or fewer
   */
  public void requireRemaining(int count) {
    if (remaining() != count) {
      throw new DecodeException(
          "expected " + count + " bytes at " + where() + ", found " + remaining());
    }
  }

  /** Reads one byte, -128 to 127. */
  public byte readByte() {
    return bytes[advance(1)];
  }

  /**
   * Reads a byte written by {@link Output#writeBoolean}.
   *
   * @throws DecodeException if it is neither 0 nor 1
   */
  public boolean readBoolean() {
    byte value = readByte();
    if ((value & ~1) != 0) {
      throw new DecodeException("expected 0 or 1 before " + where() + ", found " + value);
    }
    return value == 1;
  }

  /** Reads 4 bytes. */
  public int readInt() {
    return (int) INT.get(bytes, advance(Integer.BYTES));
  }

  /** Reads 8 bytes. */
  public long readLong() {
    return (long) LONG.get(bytes, advance(Long.BYTES));
  }

  /** Reads 8 bytes as a double. */
  public double readDouble() {
    return Double.longBitsToDouble(readLong());
  }

  /**
   * Reads a number written by {@link Output#writeVarInt}.
   *
   * @throws DecodeException if it does not fit 32 bits
   */
  public int readVarInt() {
    long value = readVarLong();
    if (value >>> Integer.SIZE != 0) {
      throw new DecodeException("a number before " + where() + " does not fit 32 bits: " + value);
    }
    return (int) value;
  }

  /**
   * Reads a number written by {@link Output#writeVarLong}.
   *
   * @throws DecodeException if it does not fit 64 bits
   */
  public long readVarLong() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = readByte();
      if (shift == 63 && (next & 0xFE) != 0) {
        break;
      }
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new DecodeException("a number before " + where() + " does not fit 64 bits");
  }

  /**
   * Reads {@code count} bytes into a new array.
   *
   * @throws DecodeException if fewer are left, or {@code count} is negative
   */
  public byte[] readBytes(int count) {
    int at = advance(count);
    byte[] copy = new byte[count];
    System.arraycopy(bytes, at, copy, 0, count);
    return copy;
  }

  /** Reads an array written by {@link Output#writeByteArray}. */
  public byte[] readByteArray() {
    return readBytes(readVarInt());
  }

  /**
   * Reads {@code count} bytes of UTF-8.
   *
   * @throws DecodeException if fewer are left, {@code count} is negative, or they are not UTF-8
   */
  public String readUtf8(int count) {
    int at = advance(count);
    String text = new String(bytes, at, count, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0) {
      requireWellFormed(at, count);
    }
    return text;
  }

  /** Reads a string written by {@link Output#writeString}. */
  public String readString() {
    return readUtf8(readVarInt());
  }

  /**
   * Passes over {@code count} bytes.
   *
   * @throws DecodeException if fewer are left, or {@code count} is negative
   */
  public void skip(int count) {
    int unused = advance(count);
  }

  /* The JDK's decoder replaces what is malformed by U+FFFD, which may also stand there rightly. */
  private void requireWellFormed(int at, int count) {
    try {
      var unused =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, count)).length();
    } catch (CharacterCodingException e) {
      throw new DecodeException(
          "malformed UTF-8 in " + count + " bytes before " + where() + ": " + e.getMessage());
    }
  }

  private int advance(int count) {
    if (count < 0 || count > end - position) {
      throw new DecodeException(
          "expected " + count + " bytes at " + where() + ", found " + remaining());
    }
    int at = position;
    position = at + count;
    return at;
  }

  private String where() {
    return "byte " + (position - start) + " of " + (end - start);
  }
}
