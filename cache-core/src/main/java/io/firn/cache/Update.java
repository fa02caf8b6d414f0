// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import org.jspecify.annotations.Nullable;

/** Says what becomes of an entry; asked again if a write came between. */
@FunctionalInterface
interface Update<V> {
  /**
   * Decides.
   *
   * @param present the value, null if there is none
   */
  Outcome<V> of(@Nullable V present);
}
