// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One type as JSON, by one version of Jackson. Each implementation names the classes of its version
 * and is loaded only where that version is. Thread-safe.
 *
 * @param <T> the type
 */
interface JsonMapping<T> {
  /** Writes {@code value} as UTF-8 and leaves {@code out} open. */
  void write(T value, OutputStream out) throws IOException;

  /** Reads all of {@code text}; null if it is the word {@code null} and the type has no other. */
  @Nullable T read(String text) throws IOException;
}
