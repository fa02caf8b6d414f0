// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.IOException;
import java.util.Objects;

/** A range of a file, reached by positional calls. */
final class BufferedRegion implements AppendRegion {
  private final NioFile file;
  private final long start;
  private final long end;
  private volatile boolean closed;

  private BufferedRegion(NioFile file, long start, long end) {
    this.file = file;
    this.start = start;
    this.end = end;
  }

  /** Opens a region; a shorter file grows, so that every position can be read. */
  static BufferedRegion open(NioFile file, long start, long length) throws IOException {
    if (start < 0 || length < 1) {
      throw new IllegalArgumentException("a region of " + length + " bytes at " + start);
    }
    long end = start + length;
    if (file.size() < end) {
      file.truncate(end);
    }
    return new BufferedRegion(file, start, end);
  }

  /** Checks where a frame is published. */
  static void checkFrame(long position, int length) {
    if ((position & 7) != 0 || length < Integer.BYTES) {
      throw new IllegalArgumentException("a frame of " + length + " bytes at " + position);
    }
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public void put(long position, byte[] source, int offset, int length) throws IOException {
    checkOpen();
    checkRange(position, length);
    file.write(position, source, offset, length);
  }

  @Override
  public void publish(long position, byte[] source, int offset, int length) throws IOException {
    checkOpen();
    checkFrame(position, length);
    checkRange(position, length);
    file.write(position, source, offset, length);
  }

  @Override
  public void get(long position, byte[] target, int offset, int length) throws IOException {
    checkOpen();
    checkRange(position, length);
    file.read(position, target, offset, length);
  }

  @Override
  public void prepare(long position, long length) throws IOException {
    checkOpen();
    checkRange(position, length);
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

  private void checkRange(long position, long length) {
    long unused = Objects.checkFromIndexSize(position - start, length, end - start);
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException(file.describe() + ": the region is closed");
    }
  }
}
