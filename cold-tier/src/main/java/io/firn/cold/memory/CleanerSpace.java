// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** Direct buffers, freed by their own cleaner: the way of JDK 17 to 21. */
final class CleanerSpace extends NativeSpace {
  private final Object unsafe;
  private final Method invokeCleaner;

  CleanerSpace() throws ReflectiveOperationException {
    unsafe = unsafe();
    invokeCleaner = unsafe.getClass().getMethod("invokeCleaner", ByteBuffer.class);
    invokeCleaner.invoke(unsafe, ByteBuffer.allocateDirect(1));
  }

  /** Returns the one instance of {@code sun.misc.Unsafe}. */
  static Object unsafe() throws ReflectiveOperationException {
    Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
    field.setAccessible(true);
    return field.get(null);
  }

  @Override
  NativeBlock allocate(int bytes) {
    return block(ByteBuffer.allocateDirect(bytes));
  }

  @Override
  NativeBlock map(FileChannel channel, MapMode mode, long position, int bytes) throws IOException {
    return block(channel.map(mode, position, bytes));
  }

  @Override
  boolean releasesAtOnce() {
    return true;
  }

  private NativeBlock block(ByteBuffer buffer) {
    return new NativeBlock(buffer, () -> free(buffer));
  }

  private void free(ByteBuffer buffer) {
    try {
      invokeCleaner.invoke(unsafe, buffer);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("the JDK refused to free a direct buffer", e);
    }
  }
}
