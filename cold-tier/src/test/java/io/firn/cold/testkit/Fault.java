// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

/** How a disk call fails. */
public enum Fault {
  /**
   * An I/O error before anything happened. A force that fails so leaves the data visible and its
   * pages clean: a part was written, the rest never will be by a later force.
   */
  EIO,
  /** No space, before anything happened. */
  ENOSPC,
  /** A part of the data is written, then an I/O error; an error for calls without data. */
  SHORT
}
