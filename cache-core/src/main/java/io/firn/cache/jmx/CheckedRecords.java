// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

/** What reading all records of a cache found. */
public interface CheckedRecords {
  /** Tells whether every record can be found and verifies. */
  boolean isClean();

  /** Returns the pages that verified. */
  long getPages();

  /** Returns the records that verified, dead ones in those pages included. */
  long getRecords();

  /** Returns the index entries that were compared with them. */
  long getEntries();

  /** Returns how many things are not as they should be. */
  long getFindingCount();

  /** Returns the first of them, at most 1,000. */
  String[] getFindings();
}
