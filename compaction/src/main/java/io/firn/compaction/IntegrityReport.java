// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.List;

/**
 * What reading all records of a cache found.
 *
 * @param pages pages that verified
 * @param records records that verified, dead ones in those pages included
 * @param entries index entries that were compared with them
 * @param findingCount how many things are not as they should be
 * @param findings the first of them, one sentence each; at most 1,000
 */
public record IntegrityReport(
    long pages, long records, long entries, long findingCount, List<String> findings) {
  /** Copies the list. */
  public IntegrityReport {
    findings = List.copyOf(findings);
  }

  /** Tells whether every record can be found and verifies. */
  public boolean isClean() {
    return findingCount == 0;
  }
}
