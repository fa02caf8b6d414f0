// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/** In which order the records of the compacted files are written. Closed: new orders come here. */
public sealed interface CompactionStrategy {
  /** Keeps the records in the order in which they are found. */
  CompactionStrategy SIMPLE = Simple.KEEP_ORDER;

  /** See {@link #SIMPLE}. */
  enum Simple implements CompactionStrategy {
    /** The only value. */
    KEEP_ORDER
  }
}
