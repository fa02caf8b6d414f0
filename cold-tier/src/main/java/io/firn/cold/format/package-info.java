// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** The bytes on disk. */
@NullMarked
@CheckReturnValue
package io.firn.cold.format;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
