// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Compression. The only package that touches the libraries for it. */
@NullMarked
@CheckReturnValue
package io.firn.cold.compress;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
