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
  private static final Source SOURCE = source();

  private BufferAddress() {}

  /** Tells where a direct buffer starts, in the way of this JDK. */
  @FunctionalInterface
  private interface Source {
    long of(ByteBuffer buffer) throws ReflectiveOperationException;
  }

  /** Returns the address of byte 0 of a direct buffer. */
  static long of(ByteBuffer buffer) {
    try {
      return SOURCE.of(buffer);
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("no address of a direct buffer to be had", e);
    }
  }

  private static Source source() {
    try {
      return Runtime.version().feature() >= ArenaSpace.FIRST_JDK ? ofSegment() : ofField();
    } catch (ReflectiveOperationException e) {
      return buffer -> {
        throw e;
      };
    }
  }

  private static Source ofSegment() throws ReflectiveOperationException {
    Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
    Method ofBuffer = segments.getMethod("ofBuffer", Buffer.class);
    Method address = segments.getMethod("address");
    return buffer -> (long) address.invoke(ofBuffer.invoke(null, buffer));
  }

  private static Source ofField() throws ReflectiveOperationException {
    Object unsafe = CleanerSpace.unsafe();
    Method offsetOf = unsafe.getClass().getMethod("objectFieldOffset", Field.class);
    Method getLong = unsafe.getClass().getMethod("getLong", Object.class, long.class);
    Object offset = offsetOf.invoke(unsafe, Buffer.class.getDeclaredField("address"));
    return buffer -> (long) getLong.invoke(unsafe, buffer, offset);
  }
}
