// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * The index of a table: which record is current for a key's hash.
 *
 * <p>{@link io.firn.cold.index.HashIndex} holds a directory of {@link
 * io.firn.cold.index.Partition}s by hash prefix, each an off-heap table of 16-byte entries that
 * readers probe without a lock. Blocks that a reader may still look at are freed through {@link
 * io.firn.cold.index.Epochs}. Writers change a partition under its lock only.
 */
@NullMarked
@CheckReturnValue
package io.firn.cold.index;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
