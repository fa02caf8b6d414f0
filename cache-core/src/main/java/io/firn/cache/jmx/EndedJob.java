// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;

/** A job that has ended. */
public interface EndedJob {
  /** Returns its number, unique within the store. */
  long getJobId();

  /** Returns the name of its cache. */
  String getCache();

  /** Returns what it did. */
  JobKind getKind();

  /** Returns how it ended. */
  JobOutcome getOutcome();

  /** Returns when it began, in ISO 8601. */
  String getStarted();

  /** Returns the milliseconds that it ran for. */
  long getDurationMillis();

  /** Returns the data files that it touched. */
  int getFiles();

  /** Returns the length of these files before, in bytes. */
  long getBytesBefore();

  /** Returns the length of what holds their records now, in bytes. */
  long getBytesAfter();

  /** Returns the records that it moved or removed. */
  long getRecords();

  /** Returns why it was started, with the numbers of the decision. */
  String getReason();

  /** Returns what went wrong; empty if nothing did. */
  String getProblem();
}
