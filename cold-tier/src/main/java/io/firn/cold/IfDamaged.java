// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

/** What opening does with a store of which removals may have been lost. */
public enum IfDamaged {
  /** Keeps every record that verifies, older versions and removed entries among them. */
  SALVAGE,
  /** Sets the files aside and starts with an empty store. */
  START_EMPTY,
  /** Refuses to open, with {@link io.firn.cold.model.CorruptStoreException}. */
  FAIL
}
