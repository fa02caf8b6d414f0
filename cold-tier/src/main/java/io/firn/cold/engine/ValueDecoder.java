// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import org.jspecify.annotations.Nullable;

/**
 * Makes an object of a value's bytes.
 *
 * @param <T> the object
 */
public interface ValueDecoder<T> {
  /**
   * Decodes. The buffer is private to the call and must not be kept.
   *
   * @param writeTimeMillis wall time of the write, in whole seconds
   * @param expiresAtMillis wall time at which the entry expires; {@link Long#MAX_VALUE} if never
   * @return the object; null makes the read a miss
   */
  @Nullable T decode(
      byte[] buffer, int offset, int length, long writeTimeMillis, long expiresAtMillis);

  /**
   * Takes the attributes that are kept with the value, before that is decoded; not called if there
   * are none. The buffer must not be kept.
   */
  default void attributes(byte[] buffer, int offset, int length) {}
}
