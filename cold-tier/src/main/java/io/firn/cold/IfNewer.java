// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

/** What opening does with a store that a newer version wrote. */
public enum IfNewer {
  /** Refuses to open, with {@link io.firn.cold.model.UnsupportedVersionException}. */
  FAIL,
  /** Sets the files aside and starts with an empty store. */
  START_EMPTY
}
