// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.IOException;

/**
 * A range of a file as a place for plain copies: an append target of the log and of open extents,
 * and a source for readers. Mapped, buffered (positional calls) or simulated. Positions are those
 * of the file.
 *
 * <p>Thread-safe for disjoint ranges; a reader of a range sees what was put there before a {@link
 * #publish} that it has seen the effect of. Nothing but copies ever runs on the bytes themselves.
 *
 * <p>A fault in a copy (the disk cannot read a page, or the file was cut) arrives as an {@link
 * IOException}: that of a {@link #put} at the latest when the same thread publishes or forces, in
 * whichever region, and before anything is published. On a JDK below 19 a call into the JVM in
 * between may throw the {@link InternalError} itself; whoever puts treats that as a failed put.
 */
public interface AppendRegion extends AutoCloseable {
  /** Returns where in the file it ends, exclusive. */
  long end();

  /** Copies bytes in. */
  void put(long position, byte[] source, int offset, int length) throws IOException;

  /**
   * Copies a frame in and makes it visible at once: its first four bytes are stored last, with
   * release semantics. {@code position} is a multiple of 8.
   */
  void publish(long position, byte[] source, int offset, int length) throws IOException;

  /** Copies bytes out. */
  void get(long position, byte[] target, int offset, int length) throws IOException;

  /**
   * Makes a part of it ready to be put into: zeroed by positional writes, its blocks allocated, its
   * memory touched. What stood there is gone.
   */
  void prepare(long position, long length) throws IOException;

  /** Returns once everything put before the call, in the whole file, survives a power failure. */
  void force() throws IOException;

  /** Tells whether a force of the file covers what was put here, also once this is closed. */
  boolean storesOutliveIt();

  /** Unmaps, at once; no copy may be under way. The file stays open. */
  @Override
  void close();
}
