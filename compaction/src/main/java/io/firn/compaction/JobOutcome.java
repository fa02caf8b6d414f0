// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/** How a job ended. */
public enum JobOutcome {
  /** All of its work is done. */
  COMPLETED,
  /** It met an error and was rolled back. */
  FAILED,
  /** It was cancelled, took too long, or would not have been worth it; nothing was lost. */
  ABANDONED
}
