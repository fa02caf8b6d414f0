// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a file, mapped by the JDK, and unmapped at once when closed. No access to the
 * buffer may be under way then, and none may follow.
 */
public final class MappedMemory implements AutoCloseable {
  private @Nullable NativeBlock block;

  private MappedMemory(NativeBlock block) {
    this.block = block;
  }

  /**
   * Maps a range of a file; a file that is shorter grows if the mode allows writing.
   *
   * @param bytes 1 to 2 GiB - 1
   * @throws IllegalArgumentException if {@code bytes} is out of range
   */
  public static MappedMemory map(FileChannel channel, MapMode mode, long position, long bytes)
      throws IOException {
    int size = Memories.checkedSize(bytes);
    NativeBlock block = NativeSpace.ofThisJdk().map(channel, mode, position, size);
    block.buffer().order(ByteOrder.LITTLE_ENDIAN);
    return new MappedMemory(block);
  }

  /** Tells whether this JDK can unmap a file at once. */
  public static boolean unmapsAtOnce() {
    return NativeSpace.ofThisJdk().releasesAtOnce();
  }

  /**
   * Returns the mapped bytes as a little-endian direct buffer.
   *
   * @throws IllegalStateException if the mapping was closed
   */
  public ByteBuffer buffer() {
    NativeBlock mapped = block;
    if (mapped == null) {
      throw new IllegalStateException("the mapping was closed");
    }
    return mapped.buffer();
  }

  /** Unmaps; does nothing if that has happened. */
  @Override
  public void close() {
    NativeBlock mapped = block;
    if (mapped != null) {
      block = null;
      mapped.release().run();
    }
  }
}
