// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

/** How a run of {@link SimThreads} ended without a failure. */
public enum SimOutcome {
  /** Every task has returned. */
  DONE,
  /** The simulated process crashed; its tasks were unwound. */
  CRASHED
}
