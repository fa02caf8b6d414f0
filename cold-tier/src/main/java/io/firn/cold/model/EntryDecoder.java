// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/**
 * Makes an object of an entry's bytes.
 *
 * @param <T> the object
 */
public interface EntryDecoder<T> {
  /**
   * Decodes. The buffer is private to the call and must not be kept.
   *
   * @param expiresAtMillis wall time at which the entry expires; {@link Long#MAX_VALUE} if never
   */
  @Nullable T decode(
      byte[] buffer,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength,
      long expiresAtMillis);
}
