// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * The cache as services use it: {@link io.firn.cache.Firn} is a store in a directory, {@link
 * io.firn.cache.TieredCache} one named cache in it, hot entries on the heap and everything on disk.
 *
 * <p>References are never null unless marked so.
 */
@NullMarked
@CheckReturnValue
package io.firn.cache;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
