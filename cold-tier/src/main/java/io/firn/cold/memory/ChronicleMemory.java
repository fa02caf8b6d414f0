// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.nio.ByteBuffer;
import java.util.Objects;
import net.openhft.chronicle.bytes.PointerBytesStore;

/** A block seen through Chronicle Bytes: a pointer store over memory that the JDK allocated. */
final class ChronicleMemory extends BoundedMemory {
  static final boolean QUIET = QuietChronicle.prepare();

  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

  private final PointerBytesStore store = new PointerBytesStore();
  /* Keeps the memory reachable for as long as the pointer is in use, and copies overlapping ranges. */
  private ByteBuffer buffer;

  ChronicleMemory(ByteBuffer buffer, Runnable release) {
    super(buffer.capacity(), release);
    this.buffer = buffer;
    store.set(BufferAddress.of(buffer), buffer.capacity());
  }

  @Override
  public long getLong(long position) {
    return store.readLong(longAt(position));
  }

  @Override
  public void setLong(long position, long value) {
    store.writeLong(longAt(position), value);
  }

  @Override
  public long getLongAcquire(long position) {
    return store.readVolatileLong(alignedLongAt(position));
  }

  @Override
  public void setLongRelease(long position, long value) {
    store.writeOrderedLong(alignedLongAt(position), value);
  }

  @Override
  public long getLongVolatile(long position) {
    return store.readVolatileLong(alignedLongAt(position));
  }

  @Override
  public boolean compareAndSetLong(long position, long expected, long value) {
    return store.compareAndSwapLong(alignedLongAt(position), expected, value);
  }

  @Override
  public int getInt(long position) {
    return store.readInt(intAt(position));
  }

  @Override
  public void setInt(long position, int value) {
    store.writeInt(intAt(position), value);
  }

  @Override
  public int getIntAcquire(long position) {
    return store.readVolatileInt(alignedIntAt(position));
  }

  @Override
  public void setIntRelease(long position, int value) {
    store.writeOrderedInt(alignedIntAt(position), value);
  }

  @Override
  public void get(long position, byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    long copied = store.read(rangeAt(position, length), target, offset, length);
    if (copied != length) {
      throw new IndexOutOfBoundsException("read " + copied + " of " + length + " bytes");
    }
  }

  @Override
  public void put(long position, byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    store.write(rangeAt(position, length), source, offset, length);
  }

  @Override
  public void zero(long position, long length) {
    long from = rangeAt(position, length);
    store.zeroOut(from, from + length);
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
