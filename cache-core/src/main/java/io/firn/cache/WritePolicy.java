// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/** When what is put into a cache is written to disk. */
public enum WritePolicy {
  /** A put writes the heap and the disk; it survives {@code kill -9} once it has returned. */
  WRITE_THROUGH,

  /**
   * A put writes the heap, removes the older value from disk, and is written to disk in the
   * background: within the cache's {@code writeBackDelay}, sooner if the value leaves the heap or
   * many wait, and before {@code flush} and {@code close} return. Until then a crash loses the
   * value, and the key is absent; an older value never comes back. When as many values wait as the
   * cache allows, puts write to disk themselves. Values that are put often are written less often.
   *
   * <p>The value is encoded in the background too: one that its codec refuses or that is too large
   * stays on the heap only and is counted as shed.
   */
  WRITE_BACK
}
