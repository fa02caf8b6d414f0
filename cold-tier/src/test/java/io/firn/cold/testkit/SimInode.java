// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.io.DiskFullIoException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The content and size of one file, with what of it is durable. Guarded by its disk. */
final class SimInode {
  private static final long SECTORS = SimChunk.SECTORS;

  private @Nullable SimChunk[] chunks = new SimChunk[4];
  private final BitSet unforced = new BitSet();
  private boolean forceFailed;
  private long allocatedChunks;
  private long size;
  private long durableSize;
  private long smallestSize;
  private long largestSize;
  private int handles;

  long size() {
    return size;
  }

  long allocatedBytes() {
    return allocatedChunks * SimChunk.BYTES;
  }

  boolean unforced() {
    return !unforced.isEmpty() || size != durableSize;
  }

  int handles() {
    return handles;
  }

  void opened() {
    handles++;
  }

  void closed() {
    handles--;
  }

  void read(long position, byte[] target, int offset, int length) {
    int done = 0;
    while (done < length) {
      int from = (int) ((position + done) % SimChunk.BYTES);
      int part = Math.min(length - done, SimChunk.BYTES - from);
      SimChunk chunk = chunk(position + done);
      if (chunk == null) {
        Arrays.fill(target, offset + done, offset + done + part, (byte) 0);
      } else {
        chunk.read(from, target, offset + done, part);
      }
      done += part;
    }
  }

  void write(long position, byte[] source, int offset, int length, SimSpace space)
      throws DiskFullIoException {
    int done = 0;
    while (done < length) {
      int from = (int) ((position + done) % SimChunk.BYTES);
      int part = Math.min(length - done, SimChunk.BYTES - from);
      allocate(position + done, space).write(from, source, offset + done, part, space.random());
      done += part;
      grow(position + done);
    }
  }

  void zero(long position, long length, SimSpace space) throws DiskFullIoException {
    long done = 0;
    while (done < length) {
      int from = (int) ((position + done) % SimChunk.BYTES);
      int part = (int) Math.min(length - done, SimChunk.BYTES - from);
      allocate(position + done, space).zero(from, part, space.random());
      done += part;
      grow(position + done);
    }
  }

  void truncate(long newSize, SimSpace space) {
    for (long at = newSize; at < size; at += SimChunk.BYTES - at % SimChunk.BYTES) {
      int from = (int) (at % SimChunk.BYTES);
      SimChunk chunk = chunk(at);
      if (chunk != null && from > 0) {
        unforced.set(index(at));
        chunk.zero(from, SimChunk.BYTES - from, space.random());
      } else if (chunk != null) {
        unforced.set(index(at));
        release(chunk, space);
      }
    }
    size = newSize;
    smallestSize = Math.min(smallestSize, size);
    largestSize = Math.max(largestSize, size);
  }

  void grow(long end) {
    if (end > size) {
      size = end;
      largestSize = Math.max(largestSize, size);
    }
  }

  void force() {
    for (int i = unforced.nextSetBit(0); i >= 0; i = unforced.nextSetBit(i + 1)) {
      SimChunk chunk = chunks[i];
      if (chunk != null) {
        chunk.forced();
      }
    }
    unforced.clear();
    sizeForced();
  }

  boolean hasForceFailed() {
    return forceFailed;
  }

  void forceFailed(SplittableRandom random) {
    forceFailed = true;
    for (int i = unforced.nextSetBit(0); i >= 0; i = unforced.nextSetBit(i + 1)) {
      SimChunk chunk = chunks[i];
      if (chunk != null) {
        chunk.forceFailed(random);
      }
    }
    unforced.clear();
  }

  void flipBit(long bit) {
    long position = bit >>> 3;
    if (position >= size) {
      throw new IllegalArgumentException("bit " + bit + " is above the size " + size);
    }
    SimChunk chunk = chunk(position);
    if (chunk == null) {
      chunk = new SimChunk();
      put(index(position), chunk);
    }
    chunk.flipBit((int) (bit % (8L * SimChunk.BYTES)));
  }

  void releaseAll(SimSpace space) {
    space.release(allocatedBytes());
    allocatedChunks = 0;
  }

  SimInode afterPowerFailure(SplittableRandom random) {
    SimInode left = new SimInode();
    int last = Math.max(0, unforced.length() - 1);
    int first = Math.max(0, unforced.nextSetBit(0));
    SimSurvival survival = new SimSurvival(random, first * SECTORS, last * SECTORS + SECTORS - 1);
    long leftSize = sizeAfterPowerFailure(random);
    for (int i = 0; i < chunks.length && (long) i * SimChunk.BYTES < leftSize; i++) {
      SimChunk chunk = chunks[i];
      if (chunk != null) {
        SimChunk survivor = chunk.afterPowerFailure(i * SECTORS, survival);
        left.put(i, survivor);
        left.allocatedChunks += survivor.allocated() ? 1 : 0;
        survivor.cut((int) Math.min(SimChunk.BYTES, leftSize - (long) i * SimChunk.BYTES));
      }
    }
    left.size = leftSize;
    left.sizeForced();
    return left;
  }

  private long sizeAfterPowerFailure(SplittableRandom random) {
    long low = Math.min(durableSize, smallestSize);
    long high = Math.max(durableSize, largestSize);
    return switch (random.nextInt(4)) {
      case 0 -> durableSize;
      case 1 -> low + random.nextLong(high - low + 1);
      default -> size;
    };
  }

  private SimInode copy() {
    SimInode copy = new SimInode();
    copy.chunks = new SimChunk[chunks.length];
    for (int i = 0; i < chunks.length; i++) {
      SimChunk chunk = chunks[i];
      copy.chunks[i] = chunk == null ? null : chunk.copy();
    }
    copy.unforced.or(unforced);
    copy.allocatedChunks = allocatedChunks;
    copy.size = size;
    copy.durableSize = durableSize;
    copy.smallestSize = smallestSize;
    copy.largestSize = largestSize;
    return copy;
  }

  private SimChunk allocate(long position, SimSpace space) throws DiskFullIoException {
    int index = index(position);
    SimChunk chunk = chunk(position);
    if (chunk == null) {
      space.claim(SimChunk.BYTES);
      chunk = new SimChunk();
      put(index, chunk);
      chunk.allocate();
      allocatedChunks++;
    } else if (!chunk.allocated()) {
      space.claim(SimChunk.BYTES);
      chunk.allocate();
      allocatedChunks++;
    }
    unforced.set(index);
    return chunk;
  }

  private void release(SimChunk chunk, SimSpace space) {
    if (chunk.allocated()) {
      space.release(SimChunk.BYTES);
      allocatedChunks--;
    }
    chunk.deallocate(space.random());
  }

  private void put(int index, SimChunk chunk) {
    if (index >= chunks.length) {
      chunks = Arrays.copyOf(chunks, Math.max(index + 1, chunks.length * 2));
    }
    chunks[index] = chunk;
  }

  private @Nullable SimChunk chunk(long position) {
    int index = index(position);
    return index < chunks.length ? chunks[index] : null;
  }

  private void sizeForced() {
    durableSize = size;
    smallestSize = size;
    largestSize = size;
  }

  private static int index(long position) {
    return Math.toIntExact(position / SimChunk.BYTES);
  }

  /** Copies of inodes, one for each, however many names it has. */
  static final class Copies {
    private final IdentityHashMap<SimInode, SimInode> copies = new IdentityHashMap<>();

    SimInode of(SimInode inode) {
      return copies.computeIfAbsent(inode, SimInode::copy);
    }
  }
}
