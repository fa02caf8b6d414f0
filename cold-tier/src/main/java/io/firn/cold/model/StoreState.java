// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

/** How well a store works. Reads are served in every state. */
public enum StoreState {
  /** Everything works. */
  OK,
  /**
   * Something failed or is full. Writes that need no force and find room are taken; nothing becomes
   * durable against a power failure, or new values are refused, until the store has healed.
   */
  DEGRADED,
  /** No write is taken, removals included, until the disk takes one again. */
  READ_ONLY,
  /** The store does not heal in this process: close it and open it again. */
  FAILED
}
