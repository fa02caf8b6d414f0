// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.IOException;
import java.util.Objects;

/** The first bytes of a file, reached by positional calls. */
final class BufferedRegion implements AppendRegion {
  private final NioFile file;
  private final long capacity;
  private volatile boolean closed;

  private BufferedRegion(NioFile file, long capacity) {
    this.file = file;
    this.capacity = capacity;
  }

  /** Opens a region; a shorter file grows, so that every position can be read. */
  static BufferedRegion open(NioFile file, long capacity) throws IOException {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity);
    }
    if (file.size() < capacity) {
      file.truncate(capacity);
    }
    return new BufferedRegion(file, capacity);
  }

  /** Checks where a frame is published; returns the position. */
  static int checkedFrame(long position, int length, long capacity) {
    if ((position & 7) != 0 || length < Integer.BYTES) {
      throw new IllegalArgumentException("a frame of " + length + " bytes at " + position);
    }
    return (int) Objects.checkFromIndexSize(position, length, capacity);
  }

  @Override
  public long capacity() {
    return capacity;
  }

  @Override
  public void put(long position, byte[] source, int offset, int length) throws IOException {
    checkOpen();
    Objects.checkFromIndexSize(position, length, capacity);
    file.write(position, source, offset, length);
  }

  @Override
  public void publish(long position, byte[] source, int offset, int length) throws IOException {
    checkOpen();
    file.write(checkedFrame(position, length, capacity), source, offset, length);
  }

  @Override
  public void get(long position, byte[] target, int offset, int length) throws IOException {
    checkOpen();
    Objects.checkFromIndexSize(position, length, capacity);
    file.read(position, target, offset, length);
  }

  @Override
  public void prepare(long position, long length) throws IOException {
    checkOpen();
    Objects.checkFromIndexSize(position, length, capacity);
    file.zero(position, length);
  }

  @Override
  public void force() throws IOException {
    checkOpen();
    file.force();
  }

  @Override
  public boolean storesOutliveIt() {
    return true;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException(file.describe() + ": the region is closed");
    }
  }
}
