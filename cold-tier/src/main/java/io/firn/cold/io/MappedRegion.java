// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.memory.MappedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The mapped first bytes of a file. Nothing but copies runs on them. */
final class MappedRegion implements AppendRegion {
  /* Faults. The barrier that makes the JVM report one is cheap from JDK 19 on and costs more than a
   * short copy before. So below 19 a copy out of at most one page's length, which touches two pages at
   * most, is marked at both ends, and the barrier is passed only if a mark has survived; a copy in
   * leaves it to the publish that makes it visible, or to the force. */
  private static final VarHandle BUFFER_INTS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  /* Bytes that a copy out overwrites, unless a fault ends it early. */
  private static final long UNTOUCHED = 0x9D3B_51C7_2E84_F06BL;
  private static final VarHandle ARRAY_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ARRAY_INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int OS_PAGE_BYTES = 4096;
  /* On Linux a force of the file covers stores into its mappings. */
  private static final boolean FORCE_COVERS_STORES =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");

  private final NioFile file;
  private final long start;
  private final MappedMemory mapping;
  private final long length;
  private final boolean writable;
  private final boolean forcesMapping;
  private @Nullable ByteBuffer buffer;

  MappedRegion(NioFile file, long start, MappedMemory mapping, boolean writable) {
    this(file, start, mapping, writable, !FORCE_COVERS_STORES);
  }

  MappedRegion(
      NioFile file, long start, MappedMemory mapping, boolean writable, boolean forcesMapping) {
    this.file = file;
    this.start = start;
    this.mapping = mapping;
    this.writable = writable;
    this.forcesMapping = forcesMapping;
    this.buffer = mapping.buffer();
    this.length = mapping.buffer().capacity();
  }

  @Override
  public long end() {
    return start + length;
  }

  @Override
  public void put(long position, byte[] source, int offset, int length) throws IOException {
    ByteBuffer target = writableBuffer();
    int at = at(position, length);
    try {
      target.put(at, source, offset, length);
      if (FaultBarrier.DELIVERED_AT_POLLS) {
        FaultBarrier.poll();
      }
    } catch (InternalError e) {
      throw fault(position, e);
    }
  }

  @Override
  public void publish(long position, byte[] source, int offset, int length) throws IOException {
    ByteBuffer target = writableBuffer();
    BufferedRegion.checkFrame(position, length);
    int at = at(position, length);
    Objects.checkFromIndexSize(offset, length, source.length);
    try {
      target.put(at + Integer.BYTES, source, offset + Integer.BYTES, length - Integer.BYTES);
      /* Before the length is stored: nothing may be published behind a copy that has failed, be it
       * this one or one into another region. */
      FaultBarrier.deliver();
      BUFFER_INTS.setRelease(target, at, (int) ARRAY_INTS.get(source, offset));
    } catch (InternalError e) {
      throw fault(position, e);
    }
  }

  @Override
  public void get(long position, byte[] target, int offset, int length) throws IOException {
    ByteBuffer source = openBuffer();
    int at = at(position, length);
    Objects.checkFromIndexSize(offset, length, target.length);
    try {
      boolean marked =
          !FaultBarrier.DELIVERED_AT_POLLS && length >= 2 * Long.BYTES && length <= OS_PAGE_BYTES;
      if (marked) {
        ARRAY_LONGS.set(target, offset, UNTOUCHED);
        ARRAY_LONGS.set(target, offset + length - Long.BYTES, UNTOUCHED);
      }
      source.get(at, target, offset, length);
      if (!marked
          || isUntouched(target, offset)
          || isUntouched(target, offset + length - Long.BYTES)) {
        FaultBarrier.deliver();
      }
    } catch (InternalError e) {
      throw fault(position, e);
    }
    /* Whoever has just copied a published length copies the bytes behind it next. */
    VarHandle.acquireFence();
  }

  @Override
  public void prepare(long position, long length) throws IOException {
    ByteBuffer target = writableBuffer();
    int at = at(position, length);
    file.zero(position, length);
    try {
      int end = at + (int) length;
      for (int next = at; next < end; next = (next / OS_PAGE_BYTES + 1) * OS_PAGE_BYTES) {
        target.put(next, (byte) 0);
      }
      FaultBarrier.deliver();
    } catch (InternalError e) {
      throw fault(position, e);
    }
  }

  @Override
  public void force() throws IOException {
    ByteBuffer stores = openBuffer();
    try {
      FaultBarrier.deliver();
    } catch (InternalError e) {
      throw fault(start, e);
    }
    if (forcesMapping && writable) {
      try {
        ((MappedByteBuffer) stores).force();
      } catch (UncheckedIOException e) {
        throw IoErrors.named(file.describe(), IoErrors.translated(e));
      }
    }
    file.force();
  }

  @Override
  public boolean storesOutliveIt() {
    return !forcesMapping;
  }

  @Override
  public void close() {
    buffer = null;
    mapping.close();
  }

  private static boolean isUntouched(byte[] target, int offset) {
    return (long) ARRAY_LONGS.get(target, offset) == UNTOUCHED;
  }

  private int at(long position, long bytes) {
    return (int) Objects.checkFromIndexSize(position - start, bytes, length);
  }

  private ByteBuffer openBuffer() throws IOException {
    ByteBuffer open = buffer;
    if (open == null) {
      throw new IOException(file.describe() + ": the region is closed");
    }
    return open;
  }

  private ByteBuffer writableBuffer() throws IOException {
    if (!writable) {
      throw new UnsupportedOperationException(file.describe() + ": the region is for reading only");
    }
    return openBuffer();
  }

  private IOException fault(long position, InternalError e) {
    return new IOException(
        file.describe() + ": a mapped page at or after " + position + " cannot be accessed", e);
  }
}
