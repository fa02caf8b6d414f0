// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Plain access to little-endian integers at any offset of a byte array. Stateless. Every method
 * throws {@link IndexOutOfBoundsException} if the integer does not lie inside the array.
 */
public final class LittleEndian {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);
  private static final long U32 = 0xFFFF_FFFFL;

  private LittleEndian() {}

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns the u8 at an offset, 0 to 255. */
  public static int getByte(byte[] bytes, int offset) {
    return bytes[offset] & 0xFF;
  }

  /** Returns the u16 at an offset, 0 to 65,535. */
  public static int getShort(byte[] bytes, int offset) {
    return (short) SHORT.get(bytes, offset) & 0xFFFF;
  }

  /** Stores the low 16 bits of a number. */
  public static void putShort(byte[] bytes, int offset, int value) {
    SHORT.set(bytes, offset, (short) value);
  }

  /** Returns the 32 bits at an offset. */
  public static int getInt(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  /** Stores 32 bits. */
  public static void putInt(byte[] bytes, int offset, int value) {
    INT.set(bytes, offset, value);
  }

  /** Returns the u40 at an offset, 0 to 2^40 − 1. */
  public static long getInt40(byte[] bytes, int offset) {
    return (getInt(bytes, offset) & U32) | ((long) getByte(bytes, offset + 4) << 32);
  }

  /** Returns the i40 at an offset, −2^39 to 2^39 − 1. */
  public static long getSignedInt40(byte[] bytes, int offset) {
    return (getInt(bytes, offset) & U32) | ((long) bytes[offset + 4] << 32);
  }

  /** Stores the low 40 bits of a number. */
  public static void putInt40(byte[] bytes, int offset, long value) {
    putInt(bytes, offset, (int) value);
    bytes[offset + 4] = (byte) (value >>> 32);
  }

  /** Returns the 64 bits at an offset. */
  public static long getLong(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }

  /** Stores 64 bits. */
  public static void putLong(byte[] bytes, int offset, long value) {
    LONG.set(bytes, offset, value);
  }
}
