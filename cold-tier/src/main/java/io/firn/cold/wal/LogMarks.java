// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import java.util.ArrayDeque;
import java.util.Deque;

/** The marks that were appended, and how far those reach that were forced. Under the force turn. */
final class LogMarks {
  private final Deque<Mark> appended = new ArrayDeque<>();
  private volatile long releaseLsn;

  private record Mark(long forcedUpToLsn, long lsn) {}

  void add(long forcedUpToLsn, long lsn) {
    appended.add(new Mark(forcedUpToLsn, lsn));
  }

  /** The log up to an LSN was forced, and with it the marks in it. */
  void forced(long upToLsn) {
    while (!appended.isEmpty() && appended.element().lsn < upToLsn) {
      releaseLsn = appended.remove().forcedUpToLsn;
    }
  }

  /** Takes a mark for forced that was not. */
  void forcedByMistake(long upToLsn) {
    releaseLsn = upToLsn;
  }

  /** Forgets the marks that will never be forced. */
  void lost() {
    appended.clear();
  }

  /** Returns the LSN up to which pages may be released, for any thread. */
  long releaseLsn() {
    return releaseLsn;
  }
}
