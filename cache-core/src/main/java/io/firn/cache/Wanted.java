// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.Comparator;

/**
 * A key that a bulk read has to look for on disk.
 *
 * @param key as the user gave it
 * @param hotKey what the hot tier knows it by
 * @param encoded its bytes
 * @param place where its record is, see {@link io.firn.cold.ColdTable#place}
 */
record Wanted<K>(K key, Object hotKey, EncodedKey encoded, long place) {
  /** The order in which the records stand in the files. */
  static final Comparator<Wanted<?>> BY_PLACE = Comparator.comparingLong(Wanted::place);
}
