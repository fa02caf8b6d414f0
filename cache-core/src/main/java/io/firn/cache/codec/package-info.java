// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * How keys and values become bytes and come back: {@link io.firn.cache.codec.Codec}, the writer and
 * the reader that it is given, and the built-in codecs.
 *
 * <p>References are never null unless marked so.
 */
@NullMarked
@CheckReturnValue
package io.firn.cache.codec;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
