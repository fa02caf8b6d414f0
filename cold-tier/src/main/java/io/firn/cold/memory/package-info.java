// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * Off-heap memory: the only package that touches raw memory, and the one that can give memory and
 * mappings back at once.
 */
@NullMarked
@CheckReturnValue
package io.firn.cold.memory;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
