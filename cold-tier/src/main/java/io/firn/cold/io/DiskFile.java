// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An open file. Thread-safe. Interrupting a caller never closes the file for others and never loses
 * bytes; the interrupt flag is preserved. Reads and writes are positional and complete or throw.
 */
public interface DiskFile extends AutoCloseable {
  /** Returns the path below the store's directory. */
  String path();

  /** Returns the size in bytes. */
  long size() throws IOException;

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws EOFException if the file ends before
   */
  void read(long position, byte[] target, int offset, int length) throws IOException;

  /** Writes all bytes at a position, growing the file if needed. */
  void write(long position, byte[] source, int offset, int length) throws IOException;

  /** Overwrites a range with zeros by positional writes, growing the file if needed. */
  void zero(long position, long length) throws IOException;

  /** Sets the size; a larger size adds zeros that may have no blocks yet. */
  void truncate(long size) throws IOException;

  /** Returns once everything written before the call survives a power failure. */
  void force() throws IOException;

  /**
   * Opens a region over a range of the file that is written and read by plain copies: mapped where
   * the disk allows it, otherwise by positional calls. A shorter file may grow to the range's end.
   */
  AppendRegion region(long start, long length) throws IOException;

  /**
   * Opens a region over the first {@code capacity} bytes for reading only; {@code null} if the
   * platform cannot map it, or cannot unmap it again.
   */
  @Nullable AppendRegion readRegion(long capacity) throws IOException;

  /** Closes the file; regions must be closed before. */
  @Override
  void close() throws IOException;
}
