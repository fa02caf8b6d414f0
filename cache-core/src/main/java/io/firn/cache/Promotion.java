// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/** When a value that was read on disk is kept on the heap. */
public enum Promotion {
  /** At every read. */
  ALWAYS,

  /**
   * At the second of two reads on disk that are not far apart, so that what is read once, as by a
   * walk over many keys, does not displace what is read often. Takes 4 bytes for each entry that
   * the heap may have, 4 KiB to 4 MiB; 256 KiB if it is bounded by weight.
   */
  SECOND_HIT,

  /** Never: a read leaves the heap to what was written or loaded. */
  NEVER
}
