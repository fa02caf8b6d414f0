// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.compaction.JobKind;
import io.firn.compaction.JobPhase;

/** A job that has not ended. */
public interface RunningJob {
  /** Returns its number, unique within the store. */
  long getJobId();

  /** Returns the name of its cache. */
  String getCache();

  /** Returns what it does. */
  JobKind getKind();

  /** Returns where it stands. */
  JobPhase getPhase();

  /** Returns the bytes that it has to go through. */
  long getPlannedBytes();

  /** Returns the bytes that it has gone through. */
  long getDoneBytes();

  /** Returns the share that is done, 0 to 1. */
  double getFraction();

  /** Returns the records that it has moved or removed. */
  long getRecords();

  /** Returns when it began, in ISO 8601. */
  String getStarted();

  /** Returns the milliseconds that it has run for. */
  long getElapsedMillis();

  /** Returns the milliseconds that it still needs at its speed so far; -1 if nothing is known. */
  long getRemainingMillis();

  /** Returns why it was started, with the numbers of the decision. */
  String getReason();
}
