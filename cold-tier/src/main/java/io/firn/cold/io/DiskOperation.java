// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

/** What an I/O worker can be asked to do; each has its own latency histogram. */
public enum DiskOperation {
  /** A positional read. */
  READ,
  /** A positional write. */
  WRITE,
  /** A force of a file. */
  FORCE,
  /** Zeroing ahead of a writer. */
  PREPARE,
  /** Truncating, unmapping or deleting a file. */
  DELETE
}
