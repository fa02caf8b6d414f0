// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import org.jspecify.annotations.Nullable;

/**
 * How an update ended.
 *
 * @param before the value before; null if there was none
 * @param outcome what it did
 */
record Updated<V>(@Nullable V before, Outcome<V> outcome) {
  /** Returns the value afterwards; null if there is none. */
  @Nullable V after() {
    return outcome.writes() ? outcome.value() : before;
  }
}
