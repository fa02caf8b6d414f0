// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.IOException;
import java.util.List;

/**
 * The only door to the file system. Paths are relative to the store's directory, separated by
 * {@code /}. Thread-safe. Every method fails with an {@link IOException}; a full disk is a {@link
 * DiskFullIoException}.
 */
public interface Disk {
  /** Opens a file. A file that is created has size 0 and is readable by its owner only. */
  DiskFile open(String path, OpenMode mode) throws IOException;

  /** Tells whether a file or directory exists. */
  boolean exists(String path);

  /** Deletes a file or an empty directory; a missing one is no error. */
  void delete(String path) throws IOException;

  /** Renames a file, replacing the target atomically where the platform can. */
  void rename(String from, String to) throws IOException;

  /** Returns the names in a directory, sorted; empty if there is no such directory. */
  List<String> list(String directory) throws IOException;

  /** Creates a directory and its missing parents. */
  void createDirectories(String directory) throws IOException;

  /** Makes the entries of a directory durable; does nothing where the platform cannot. */
  void syncDirectory(String directory) throws IOException;

  /** Returns how many bytes the file system could still take. */
  long usableBytes() throws IOException;

  /**
   * Takes the exclusive lock on a file for the life of the returned handle, creating it if absent
   * and writing {@code holder} into it.
   *
   * @throws LockHeldException if another process or another handle in this one has it; carries what
   *     the holder wrote
   */
  DiskLock lock(String path, String holder) throws IOException;

  /** Tells whether append regions may be mapped: the file system is known to reserve blocks. */
  boolean reservesBlocks();

  /** Returns the directory as text, for messages. */
  String describe();

  /** How a file is opened. */
  enum OpenMode {
    /** Must exist; only reads. */
    READ,
    /** Must exist. */
    WRITE,
    /** Is created if absent. */
    CREATE
  }
}
