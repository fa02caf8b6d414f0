// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A lower bound for stores that write by system call: one positional write per record into one
 * file, and nothing else. There is no checksum, no log and no index; the positions that gets need
 * are found by scanning the file before the first get after a put.
 */
final class OnePwritePerRecord implements Subject {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int HEADER_BYTES = 8;

  private final ThreadLocal<ByteBuffer> buffers =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BUFFER_BYTES));
  private final AtomicLong end = new AtomicLong();
  private @Nullable FileChannel channel;
  private PositionTable table = new PositionTable();
  private long indexedTo;

  @Override
  public void open(Path directory, long expectedEntries) {
    try {
      FileChannel opened =
          FileChannel.open(
              directory.resolve("records"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      channel = opened;
      end.set(opened.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    table = new PositionTable();
    indexedTo = 0;
  }

  @Override
  public void put(byte[] key, byte[] value) {
    int length = HEADER_BYTES + key.length + value.length;
    ByteBuffer buffer = buffers.get().clear();
    buffer.putInt(key.length).putInt(value.length).put(key).put(value).flip();
    long position = end.getAndAdd(length);
    try {
      while (buffer.hasRemaining()) {
        position += channel().write(buffer, position);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    if (indexedTo != end.get()) {
      scan();
    }
    long position = table.find(PositionTable.hash(key));
    if (position < 0) {
      return null;
    }
    ByteBuffer header = buffers.get().clear().limit(HEADER_BYTES);
    read(header, position);
    byte[] value = new byte[header.getInt(4)];
    ByteBuffer body = buffers.get().clear().limit(value.length);
    read(body, position + HEADER_BYTES + header.getInt(0));
    body.flip().get(value);
    return value;
  }

  @Override
  public void remove(byte[] key) {
    throw new UnsupportedOperationException("a lower bound for puts and gets");
  }

  @Override
  public void close() {
    try {
      channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void scan() {
    long position = indexedTo;
    ByteBuffer buffer = buffers.get();
    while (position < end.get()) {
      read(buffer.clear().limit(HEADER_BYTES), position);
      int keyLength = buffer.getInt(0);
      int valueLength = buffer.getInt(4);
      byte[] key = new byte[keyLength];
      read(buffer.clear().limit(keyLength), position + HEADER_BYTES);
      buffer.flip().get(key);
      table.set(PositionTable.hash(key), position);
      position += HEADER_BYTES + keyLength + valueLength;
    }
    indexedTo = position;
  }

  private void read(ByteBuffer target, long position) {
    try {
      long at = position;
      while (target.hasRemaining()) {
        int count = channel().read(target, at);
        if (count < 0) {
          throw new IllegalStateException("the file ends at " + at);
        }
        at += count;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FileChannel channel() {
    return Objects.requireNonNull(channel);
  }
}
