// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Segments: where the pages of a table are free, in use or reclaimable. */
@NullMarked
@CheckReturnValue
package io.firn.cold.segment;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
