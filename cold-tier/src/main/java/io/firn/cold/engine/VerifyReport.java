// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import java.util.List;
import java.util.Map;

/**
 * What reading a whole store found. Immutable.
 *
 * @param manifests manifest files that verified
 * @param snapshots snapshots of index partitions that verified
 * @param frames log frames that verified, of the part of the log that a recovery would read
 * @param segments data files looked at
 * @param pages pages that verified and could be walked
 * @param records records in those pages, dead ones included, and single records read elsewhere
 * @param entries index entries compared with the pages
 * @param tornSpares older manifests and snapshots that the crash before this opening, or a failed
 *     checkpoint, left half-written; the newer ones count, and the next checkpoint replaces these
 * @param counts how many findings there are of each kind; kinds without any are left out
 * @param findings the first findings; at most {@value #MAXIMUM_FINDINGS}
 */
public record VerifyReport(
    long manifests,
    long snapshots,
    long frames,
    long segments,
    long pages,
    long records,
    long entries,
    long tornSpares,
    Map<Kind, Long> counts,
    List<Finding> findings) {
  /** How many findings a report lists at most. */
  public static final int MAXIMUM_FINDINGS = 1000;

  /** What is damaged. */
  public enum Kind {
    /** A manifest file. */
    MANIFEST,
    /** A snapshot of an index partition, in a table's index file. */
    SNAPSHOT,
    /** The part of the log that a recovery would read. */
    LOG,
    /** The header of a data file. */
    SEGMENT,
    /** A page whose header or checksum is wrong, or that cannot be walked; its records are fine. */
    PAGE,
    /** A record that an index entry points to. */
    RECORD,
    /** An index entry that points to no record, or to that of another key. */
    ENTRY,
    /** The account of pages and bytes: charges, page states, the ledger of disk bytes. */
    SPACE
  }

  /**
   * One thing that is not as it should be.
   *
   * @param kind what is damaged
   * @param where the place, in words
   * @param expected what should be there, in words
   * @param actual what is there, in words
   */
  public record Finding(Kind kind, String where, String expected, String actual) {
    @Override
    public String toString() {
      return kind + " " + where + ": expected " + expected + ", is " + actual;
    }
  }

  /** Copies the map and the list. */
  public VerifyReport {
    counts = Map.copyOf(counts);
    findings = List.copyOf(findings);
  }

  /** Tells whether nothing was found. */
  public boolean isClean() {
    return counts.isEmpty();
  }
}
