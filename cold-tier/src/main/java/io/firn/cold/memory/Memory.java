// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

/**
 * A block of off-heap memory of fixed size, little-endian, zeroed when it is allocated.
 *
 * <p>Positions are byte offsets from its start. Every access is checked against the size and fails
 * with an {@link IndexOutOfBoundsException}; those with an ordering (acquire, release, volatile,
 * compare-and-set) want a position that is a multiple of the operand's size and fail otherwise with
 * an {@link IllegalArgumentException}.
 *
 * <p>Thread-safe in the sense of memory: plain accesses race, ordered ones publish as their names
 * say. No access may be under way while the block is closed, and any later one fails.
 */
public interface Memory extends AutoCloseable {
  /** Returns the size in bytes; 0 once it is closed. */
  long size();

  /** Reads a long by a plain load. */
  long getLong(long position);

  /** Writes a long by a plain store. */
  void setLong(long position, long value);

  /** Reads a long so that later accesses are not moved before it. */
  long getLongAcquire(long position);

  /** Writes a long so that earlier accesses are not moved behind it. */
  void setLongRelease(long position, long value);

  /** Reads a long in the total order of volatile accesses. */
  long getLongVolatile(long position);

  /** Sets a long if it holds the expected value, as a volatile access; tells whether it did. */
  boolean compareAndSetLong(long position, long expected, long value);

  /** Reads an int by a plain load. */
  int getInt(long position);

  /** Writes an int by a plain store. */
  void setInt(long position, int value);

  /** Reads an int so that later accesses are not moved before it. */
  int getIntAcquire(long position);

  /** Writes an int so that earlier accesses are not moved behind it. */
  void setIntRelease(long position, int value);

  /** Copies bytes out. */
  void get(long position, byte[] target, int offset, int length);

  /** Copies bytes in. */
  void put(long position, byte[] source, int offset, int length);

  /** Overwrites a range with zeros. */
  void zero(long position, long length);

  /** Copies a range to another place in this block; the two may overlap. */
  void copy(long from, long to, long length);

  /** Gives the memory back at once; does nothing if that has happened. */
  @Override
  void close();
}
