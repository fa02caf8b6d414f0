// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.engine.ValueDecoder;

/**
 * Makes an object of a value's bytes. The buffer is private to the call and must not be kept; a
 * null result makes the read a miss; an exception passes through to the reader.
 *
 * @param <T> the object
 */
@FunctionalInterface
public interface RecordDecoder<T> extends ValueDecoder<T> {}
