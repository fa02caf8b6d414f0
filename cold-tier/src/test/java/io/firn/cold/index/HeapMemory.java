// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import io.firn.cold.memory.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A block of longs on the heap, whose accesses a model checker sees. Closing it fills it with a
 * word that no test stores, so that a use after that is noticed instead of crashing the process.
 */
final class HeapMemory implements Memory {
  static final long POISON = 0x0DEAD0DEAD0DEAD0L;

  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] cells;

  HeapMemory(long bytes) {
    cells = new long[(int) (bytes / Long.BYTES)];
  }

  @Override
  public long size() {
    return (long) cells.length * Long.BYTES;
  }

  @Override
  public long getLong(long position) {
    return cells[(int) (position >>> 3)];
  }

  @Override
  public void setLong(long position, long value) {
    cells[(int) (position >>> 3)] = value;
  }

  @Override
  public long getLongAcquire(long position) {
    return (long) CELL.getAcquire(cells, (int) (position >>> 3));
  }

  @Override
  public void setLongRelease(long position, long value) {
    CELL.setRelease(cells, (int) (position >>> 3), value);
  }

  @Override
  public long getLongVolatile(long position) {
    return (long) CELL.getVolatile(cells, (int) (position >>> 3));
  }

  @Override
  public boolean compareAndSetLong(long position, long expected, long value) {
    return CELL.compareAndSet(cells, (int) (position >>> 3), expected, value);
  }

  @Override
  public int getInt(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setInt(long position, int value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int getIntAcquire(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setIntRelease(long position, int value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void get(long position, byte[] target, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void put(long position, byte[] source, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void zero(long position, long length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(long from, long to, long length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    for (int i = 0; i < cells.length; i++) {
      cells[i] = POISON;
    }
  }
}
