// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Is told when an entry was read. Thread-safe; runs on the reader's thread, which must not wait.
 */
@FunctionalInterface
interface ReadListener<K, V> {
  /**
   * Follows a read that was a hit.
   *
   * @param loader what the reader would have loaded the key with; null if it has none
   */
  void afterRead(
      K key, Lifespan lifespan, @Nullable Function<? super K, ? extends @Nullable V> loader);

  /** Returns a listener that tells this one and then {@code next}. */
  default ReadListener<K, V> andThen(ReadListener<K, V> next) {
    return (key, lifespan, loader) -> {
      afterRead(key, lifespan, loader);
      next.afterRead(key, lifespan, loader);
    };
  }
}
