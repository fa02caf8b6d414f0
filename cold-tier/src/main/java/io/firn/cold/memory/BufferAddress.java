// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * Where a direct buffer starts. The JDK tells it from version 22 on; below that the field that
 * holds it is read.
 */
final class BufferAddress {
  private BufferAddress() {}

  /** Returns the address of byte 0 of a direct buffer. */
  static long of(ByteBuffer buffer) {
    try {
      return Runtime.version().feature() >= ArenaSpace.FIRST_JDK
          ? ofSegment(buffer)
          : ofField(buffer);
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("no address of a direct buffer to be had", e);
    }
  }

  private static long ofSegment(ByteBuffer buffer) throws ReflectiveOperationException {
    Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
    Object segment = segments.getMethod("ofBuffer", Buffer.class).invoke(null, buffer);
    return (long) segments.getMethod("address").invoke(segment);
  }

  private static long ofField(ByteBuffer buffer) throws ReflectiveOperationException {
    Object unsafe = CleanerSpace.unsafe();
    Method offsetOf = unsafe.getClass().getMethod("objectFieldOffset", Field.class);
    Method getLong = unsafe.getClass().getMethod("getLong", Object.class, long.class);
    Object offset = offsetOf.invoke(unsafe, Buffer.class.getDeclaredField("address"));
    return (long) getLong.invoke(unsafe, buffer, offset);
  }
}
