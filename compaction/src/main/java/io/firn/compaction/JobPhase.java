// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/** Where a job that has not ended stands. */
public enum JobPhase {
  /** It waits for its turn. */
  QUEUED,
  /** It copies, or removes. */
  RUNNING,
  /** It gave way to others after its share of time or bytes, and goes on by itself. */
  YIELDED,
  /** Somebody paused compaction. */
  PAUSED,
  /** It failed, was rolled back, and waits for its next attempt. */
  BACKING_OFF
}
