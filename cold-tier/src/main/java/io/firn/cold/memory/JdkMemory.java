// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A block seen through the JDK's own views of a direct buffer. */
final class JdkMemory extends BoundedMemory {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);
  private static final byte[] ZEROS = new byte[4096];

  private ByteBuffer buffer;

  JdkMemory(ByteBuffer buffer, Runnable release) {
    super(buffer.capacity(), release);
    this.buffer = buffer;
  }

  @Override
  public long getLong(long position) {
    return (long) LONGS.get(buffer, (int) longAt(position));
  }

  @Override
  public void setLong(long position, long value) {
    LONGS.set(buffer, (int) longAt(position), value);
  }

  @Override
  public long getLongAcquire(long position) {
    return (long) LONGS.getAcquire(buffer, (int) alignedLongAt(position));
  }

  @Override
  public void setLongRelease(long position, long value) {
    LONGS.setRelease(buffer, (int) alignedLongAt(position), value);
  }

  @Override
  public long getLongVolatile(long position) {
    return (long) LONGS.getVolatile(buffer, (int) alignedLongAt(position));
  }

  @Override
  public boolean compareAndSetLong(long position, long expected, long value) {
    return LONGS.compareAndSet(buffer, (int) alignedLongAt(position), expected, value);
  }

  @Override
  public int getInt(long position) {
    return (int) INTS.get(buffer, (int) intAt(position));
  }

  @Override
  public void setInt(long position, int value) {
    INTS.set(buffer, (int) intAt(position), value);
  }

  @Override
  public int getIntAcquire(long position) {
    return (int) INTS.getAcquire(buffer, (int) alignedIntAt(position));
  }

  @Override
  public void setIntRelease(long position, int value) {
    INTS.setRelease(buffer, (int) alignedIntAt(position), value);
  }

  @Override
  public void get(long position, byte[] target, int offset, int length) {
    buffer.get((int) rangeAt(position, length), target, offset, length);
  }

  @Override
  public void put(long position, byte[] source, int offset, int length) {
    buffer.put((int) rangeAt(position, length), source, offset, length);
  }

  @Override
  public void zero(long position, long length) {
    int at = (int) rangeAt(position, length);
    int end = at + (int) length;
    while (at < end) {
      int chunk = Math.min(ZEROS.length, end - at);
      buffer.put(at, ZEROS, 0, chunk);
      at += chunk;
    }
  }

  @Override
  public void copy(long from, long to, long length) {
    int source = (int) rangeAt(from, length);
    buffer.put((int) rangeAt(to, length), buffer, source, (int) length);
  }

  @Override
  void detach() {
    buffer = NOTHING;
  }
}
