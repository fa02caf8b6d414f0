// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/** What opening a store does when its files are damaged. */
public enum IfDamaged {
  /**
   * Keeps everything that verifies. Where the damage may have swallowed removals or overwrites,
   * older values may come back.
   */
  SALVAGE,
  /** Starts with an empty store; the damaged files are set aside, not deleted. */
  START_EMPTY,
  /** Fails with a {@link io.firn.cold.model.CorruptStoreException} and changes nothing. */
  FAIL
}
