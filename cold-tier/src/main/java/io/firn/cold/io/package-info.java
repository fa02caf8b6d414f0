// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Access to the file system: the only package that touches files. */
@NullMarked
@CheckReturnValue
package io.firn.cold.io;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
