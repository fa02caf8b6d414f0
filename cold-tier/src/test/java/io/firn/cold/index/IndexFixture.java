// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.model.Address;
import java.util.Random;

/**
 * An index over memory that shows a use after its release, with its epochs and a word for any
 * number.
 */
final class IndexFixture implements AutoCloseable {
  /** Sizes so small that a few entries grow and split. */
  static final IndexShape TINY = new IndexShape(4, 24, 8, 3);

  final Epochs epochs = new Epochs();
  final PlainThreads threads = new PlainThreads();
  final Blocks blocks;
  final HashIndex index;

  IndexFixture(IndexShape shape, GrowthListener listener) {
    this(shape, listener, false);
  }

  IndexFixture(IndexShape shape, GrowthListener listener, boolean believesTornReads) {
    blocks = new Blocks(epochs, shape.initialCapacity(), HeapMemory::new);
    index = new HashIndex(shape, blocks, threads, listener, believesTornReads);
  }

  IndexFixture(IndexShape shape) {
    this(shape, GrowthListener.NONE);
  }

  /** Stores like a writer of the engine. */
  @CanIgnoreReturnValue
  long put(long hash, long word) {
    index.ensureRoom(hash);
    Partition partition = index.lock(hash);
    try {
      return partition.put(hash, word);
    } finally {
      partition.unlock();
    }
  }

  /** Removes like a writer of the engine. */
  @CanIgnoreReturnValue
  long remove(long hash) {
    Partition partition = index.lock(hash);
    try {
      return partition.remove(hash);
    } finally {
      partition.unlock();
    }
  }

  boolean replace(long hash, long expected, long word) {
    Partition partition = index.lock(hash);
    try {
      return partition.replace(hash, expected, word);
    } finally {
      partition.unlock();
    }
  }

  /** Searches like a reader of the engine. */
  long find(long hash) {
    int ticket = epochs.enter();
    try {
      return index.find(hash);
    } finally {
      epochs.leave(ticket);
    }
  }

  @CanIgnoreReturnValue
  boolean visit(long hash, long word) {
    int ticket = epochs.enter();
    try {
      return index.visit(hash, word);
    } finally {
      epochs.leave(ticket);
    }
  }

  void maintain() {
    epochs.advance();
    epochs.freePast();
  }

  static long word(int number) {
    return Address.of(1 + number % 1_000, 64L * (number % 100_000), 100);
  }

  /** Returns a hash of one of the ways in which hashes can be alike. */
  static long hash(Random random, int spread) {
    long number = random.nextInt(spread);
    return switch (random.nextInt(4)) {
      case 0 -> number;
      case 1 -> number << 48;
      case 2 -> -1L - number;
      default -> number * 0x9E3779B97F4A7C15L;
    };
  }

  @Override
  public void close() {
    index.close();
    epochs.close();
  }
}
