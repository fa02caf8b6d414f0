// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.List;

/**
 * What {@link Firn#verify} read and what it found. Immutable.
 *
 * @param pages pages of data files that verified
 * @param records records that verified, old versions in those pages included
 * @param entries index entries that were compared with them
 * @param frames log frames that verified, of the part of the log that a recovery would read
 * @param snapshots snapshots of the index that verified
 * @param findingCount how many things are not as they should be
 * @param findings the first of them, one sentence each; at most 1,000
 */
public record VerifyReport(
    long pages,
    long records,
    long entries,
    long frames,
    long snapshots,
    long findingCount,
    List<String> findings) {
  /** Copies the list. */
  public VerifyReport {
    findings = List.copyOf(findings);
  }

  static VerifyReport of(io.firn.cold.engine.VerifyReport store) {
    return new VerifyReport(
        store.pages(),
        store.records(),
        store.entries(),
        store.frames(),
        store.snapshots(),
        store.counts().values().stream().mapToLong(Long::longValue).sum(),
        store.findings().stream().map(Object::toString).toList());
  }

  /** Tells whether everything is as it should be. */
  public boolean isClean() {
    return findingCount == 0;
  }
}
