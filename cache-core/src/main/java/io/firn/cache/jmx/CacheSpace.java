// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.compaction.HealthLevel;

/** How well the space of a cache's sealed data files is used. */
public interface CacheSpace {
  /** Returns the verdict. */
  HealthLevel getLevel();

  /** Returns the sealed data files. */
  int getFiles();

  /** Returns those of them that are worth compacting. */
  int getFragmentedFiles();

  /** Returns their length, in bytes. */
  long getTotalBytes();

  /** Returns the bytes of records that live and have not expired. */
  long getUsedBytes();

  /** Returns the other bytes. */
  long getDeletedBytes();

  /** Returns the other bytes as a share of all, 0 to 1. */
  double getFragmentation();
}
