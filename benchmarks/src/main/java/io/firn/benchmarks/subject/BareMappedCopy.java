// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lower bound for stores that map their file: one table look-up and one copy out of the mapping,
 * without checksum, key comparison, log or locks. One thread only; what it wrote is found again by
 * a scan when it is opened.
 */
final class BareMappedCopy implements Subject {
  private static final int HEADER_BYTES = 8;
  private static final long ROOM_PER_ENTRY = 2_048;
  private static final long SMALLEST_MAP = 4L << 20;
  private static final long LARGEST_MAP = 1L << 30;

  private final List<MappedByteBuffer> maps = new ArrayList<>();
  private PositionTable table = new PositionTable();
  private long mapBytes;
  private long end;

  @Override
  public void open(Path directory, long expectedEntries) {
    maps.clear();
    table = new PositionTable();
    end = 0;
    mapBytes = Math.max(SMALLEST_MAP, Math.min(LARGEST_MAP, expectedEntries * ROOM_PER_ENTRY));
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve("records"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      long bytes = Math.max(channel.size(), expectedEntries * ROOM_PER_ENTRY);
      for (long at = 0; at < bytes; at += mapBytes) {
        maps.add(channel.map(FileChannel.MapMode.READ_WRITE, at, mapBytes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scan();
  }

  @Override
  public void put(byte[] key, byte[] value) {
    int length = HEADER_BYTES + key.length + value.length;
    if (end / mapBytes != (end + length + HEADER_BYTES) / mapBytes) {
      end = (end / mapBytes + 1) * mapBytes;
    }
    ByteBuffer map = maps.get((int) (end / mapBytes));
    int at = (int) (end % mapBytes);
    map.put(at + HEADER_BYTES, key);
    map.put(at + HEADER_BYTES + key.length, value);
    map.putInt(at + 4, value.length);
    map.putInt(at, key.length);
    table.set(PositionTable.hash(key), end);
    end += length;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    long position = table.find(PositionTable.hash(key));
    if (position < 0) {
      return null;
    }
    ByteBuffer map = maps.get((int) (position / mapBytes));
    int at = (int) (position % mapBytes);
    byte[] value = new byte[map.getInt(at + 4)];
    map.get(at + HEADER_BYTES + map.getInt(at), value);
    return value;
  }

  @Override
  public void remove(byte[] key) {
    throw new UnsupportedOperationException("a lower bound for puts and gets");
  }

  @Override
  public void close() {
    maps.clear();
  }

  private void scan() {
    for (int i = 0; i < maps.size(); i++) {
      ByteBuffer map = maps.get(i);
      int at = 0;
      while (at + HEADER_BYTES <= mapBytes && map.getInt(at) != 0) {
        byte[] key = new byte[map.getInt(at)];
        map.get(at + HEADER_BYTES, key);
        table.set(PositionTable.hash(key), i * mapBytes + at);
        at += HEADER_BYTES + key.length + map.getInt(at + 4);
        end = i * mapBytes + at;
      }
    }
  }
}
