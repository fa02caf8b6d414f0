// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/** What opening a store does when a newer version of Firn wrote it. */
public enum IfNewer {
  /** Fails with an {@link io.firn.cold.model.UnsupportedVersionException} and changes nothing. */
  FAIL,
  /** Starts with an empty store; the files of the newer version are set aside, not deleted. */
  START_EMPTY
}
