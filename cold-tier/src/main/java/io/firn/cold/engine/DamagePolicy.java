// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/** What opening does with a store of which removals may have been lost. */
public enum DamagePolicy {
  /**
   * Keeps all records that verify; the tables that a gap in the log may have touched are emptied.
   */
  STANDARD,
  /** Keeps all records that verify, older versions and removed entries among them. */
  SALVAGE,
  /** Sets the store's files aside and starts with an empty one. */
  START_EMPTY,
  /** Refuses to open. */
  FAIL
}
