// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

/** The calls of a {@link SimDisk} that are counted and can fail. */
public enum DiskCall {
  /** Opening or creating a file. */
  OPEN,
  /** A positional read. */
  READ,
  /** A positional write. */
  WRITE,
  /** Zeroing by positional writes. */
  ZERO,
  /** Changing the size. */
  TRUNCATE,
  /** Forcing a file, itself or through a region. */
  FORCE,
  /** Opening a region. */
  REGION,
  /** A copy into a region. */
  PUT,
  /** A publishing copy into a region. */
  PUBLISH,
  /** A copy out of a region. */
  GET,
  /** Preparing a range of a region. */
  PREPARE,
  /** Renaming a file. */
  RENAME,
  /** Deleting a file. */
  DELETE,
  /** Listing a directory. */
  LIST,
  /** Creating a directory. */
  CREATE_DIRECTORIES,
  /** Forcing the entries of a directory. */
  SYNC_DIRECTORY,
  /** Taking the lock. */
  LOCK
}
