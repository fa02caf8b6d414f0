// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A store under test: byte arrays in, byte arrays out.
 *
 * <p>{@link #put} and {@link #get} may be called by several threads between {@link #open} and
 * {@link #close}; a closed subject may be opened again on the same directory.
 */
public interface Subject extends AutoCloseable {
  /**
   * Opens the store in a directory that exists, creating it or finding what an earlier life left.
   *
   * @param expectedEntries how many entries the load will hold, for stores that are sized up front
   */
  void open(Path directory, long expectedEntries);

  /**
   * Opens the store so that a put returns only when it survives a power failure.
   *
   * @throws UnsupportedOperationException if the store has no such mode
   */
  default void openSync(Path directory, long expectedEntries) {
    throw new UnsupportedOperationException("no durable puts");
  }

  /**
   * Opens the store so that its files stay below a limit; without one where it has no such thing.
   */
  default void openLimited(Path directory, long expectedEntries, long maximumBytes) {
    open(directory, expectedEntries);
  }

  /** Stores a value; the caller may reuse neither array afterwards. */
  void put(byte[] key, byte[] value);

  /**
   * Stores a value that is gone after a time.
   *
   * @throws UnsupportedOperationException if the store has no such values
   */
  default void put(byte[] key, byte[] value, Duration timeToLive) {
    throw new UnsupportedOperationException("no values that expire");
  }

  /** Returns a private copy of the value, or null if the key is absent. */
  byte @Nullable [] get(byte[] key);

  /** Removes a key, if it is there. */
  void remove(byte[] key);

  /** Returns the memory that the index takes outside of the Java heap, where the store tells. */
  default OptionalLong indexBytes() {
    return OptionalLong.empty();
  }

  /** Returns counters of written bytes, by what is reported of them; none where it counts none. */
  default Map<String, Double> figures() {
    return Map.of();
  }

  @Override
  void close();
}
