// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/** What a run of the simulation concentrates on, to provoke one kind of bug sooner. */
public enum SimulationFocus {
  /** Everything the seed draws. */
  NONE,
  /** Power failures, small intervals, much reuse. */
  POWER,
  /** Power failures while frames carry their records. */
  SYNC,
  /** Few keys that share hashes. */
  COLLISIONS,
  /** Short lifetimes and a clock that jumps. */
  EXPIRY,
  /** Records that span pages. */
  LARGE_VALUES,
  /** Clears and drops, so that segment numbers are used again. */
  NUMBERS,
  /** Many readers beside overwriting writers, and pages that are soon reused. */
  READERS,
  /** A disk that fills up, and many removals. */
  FULL_DISK,
  /** A store at its own limit, where what lives is evicted; needs workers that make space. */
  LIMIT
}
