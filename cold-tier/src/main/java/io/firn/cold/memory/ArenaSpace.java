// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Segments of shared arenas, one arena for each block, seen as direct buffers: the way of JDK 22
 * and later. The classes are reached by reflection because the sources are compiled for JDK 17.
 */
final class ArenaSpace extends NativeSpace {
  /** The first JDK in which arenas are a final feature. */
  static final int FIRST_JDK = 22;

  private static final long ALIGNMENT = 64;

  private final Method ofShared;
  private final Method allocate;
  private final Method map;
  private final Method asByteBuffer;
  private final Method close;

  ArenaSpace() throws ReflectiveOperationException {
    Class<?> arenas = Class.forName("java.lang.foreign.Arena");
    Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
    ofShared = arenas.getMethod("ofShared");
    allocate = arenas.getMethod("allocate", long.class, long.class);
    close = arenas.getMethod("close");
    map = FileChannel.class.getMethod("map", MapMode.class, long.class, long.class, arenas);
    asByteBuffer = segments.getMethod("asByteBuffer");
  }

  @Override
  NativeBlock allocate(int bytes) {
    Object arena = call(ofShared, null);
    try {
      return block(arena, call(allocate, arena, (long) bytes, ALIGNMENT));
    } catch (RuntimeException | Error e) {
      free(arena);
      throw e;
    }
  }

  @Override
  NativeBlock map(FileChannel channel, MapMode mode, long position, int bytes) throws IOException {
    Object arena = call(ofShared, null);
    try {
      return block(arena, map.invoke(channel, mode, position, (long) bytes, arena));
    } catch (IllegalAccessException e) {
      free(arena);
      throw new IOException("the JDK refused to map a file", e);
    } catch (InvocationTargetException e) {
      free(arena);
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw unwrapped(e);
    }
  }

  @Override
  boolean releasesAtOnce() {
    return true;
  }

  private NativeBlock block(Object arena, Object segment) {
    return new NativeBlock((ByteBuffer) call(asByteBuffer, segment), () -> free(arena));
  }

  private void free(Object arena) {
    invoke(close, arena);
  }

  private static Object call(Method method, @Nullable Object target, Object... arguments) {
    return Objects.requireNonNull(invoke(method, target, arguments), method.getName());
  }

  @CanIgnoreReturnValue
  private static @Nullable Object invoke(
      Method method, @Nullable Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the JDK refused " + method, e);
    } catch (InvocationTargetException e) {
      throw unwrapped(e);
    }
  }

  /** Returns what was thrown behind a reflective call; an error is thrown on from here. */
  private static RuntimeException unwrapped(InvocationTargetException e) {
    Throwable cause = e.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
  }
}
