// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.StoreStats;

/**
 * What a store occupies now and has counted since it was opened.
 *
 * @param diskBytes bytes of all files of the store
 */
public record FirnStats(long diskBytes) {
  static FirnStats of(StoreStats store) {
    return new FirnStats(store.diskBytes());
  }
}
