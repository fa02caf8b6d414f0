// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** Where blocks and mappings come from, and whether they can be given back at once. */
abstract class NativeSpace {
  /** Returns a zeroed block. */
  abstract NativeBlock allocate(int bytes);

  /** Maps the first bytes of a file. */
  abstract NativeBlock map(FileChannel channel, MapMode mode, long position, int bytes)
      throws IOException;

  /** Tells whether a block is gone when its release returns, and not some time later. */
  abstract boolean releasesAtOnce();

  /** Returns the space of this JDK. */
  static NativeSpace ofThisJdk() {
    return Holder.CHOSEN;
  }

  /** Returns the best space that works: arenas, then the cleaner, then the garbage collector. */
  static NativeSpace choose(int feature) {
    try {
      return feature >= ArenaSpace.FIRST_JDK ? new ArenaSpace() : new CleanerSpace();
    } catch (ReflectiveOperationException | RuntimeException e) {
      return new CollectedSpace();
    }
  }

  private static final class Holder {
    static final NativeSpace CHOSEN = choose(Runtime.version().feature());
  }

  /** Leaves the release to the garbage collector: the last resort. */
  static final class CollectedSpace extends NativeSpace {
    @Override
    NativeBlock allocate(int bytes) {
      return new NativeBlock(ByteBuffer.allocateDirect(bytes), () -> {});
    }

    @Override
    NativeBlock map(FileChannel channel, MapMode mode, long position, int bytes)
        throws IOException {
      return new NativeBlock(channel.map(mode, position, bytes), () -> {});
    }

    @Override
    boolean releasesAtOnce() {
      return false;
    }
  }
}
