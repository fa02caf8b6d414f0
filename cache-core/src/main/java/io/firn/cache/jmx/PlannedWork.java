// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

/** What a compaction would do. */
public interface PlannedWork {
  /** Returns how many files it would compact. */
  int getFiles();

  /** Returns the bytes that come back, as far as is known. */
  long getSavedBytes();

  /** Returns the files that it would compact, each with the reason. */
  String[] getChosen();

  /** Returns the files that it would leave alone, each with the reason. */
  String[] getSkipped();
}
