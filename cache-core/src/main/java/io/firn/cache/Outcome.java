// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of an entry.
 *
 * @param writes whether the entry changes
 * @param value its value then; null removes it
 */
record Outcome<V>(boolean writes, @Nullable V value) {
  /** The entry stays as it is. */
  static <V> Outcome<V> keep() {
    return new Outcome<>(false, null);
  }

  /** The entry gets a value, or is removed for null. */
  static <V> Outcome<V> write(@Nullable V value) {
    return new Outcome<>(true, value);
  }
}
