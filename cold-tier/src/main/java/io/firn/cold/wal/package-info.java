// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** The write-ahead log: the single history of the store. */
@NullMarked
@CheckReturnValue
package io.firn.cold.wal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
