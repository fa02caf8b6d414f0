// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Data files: segments, the extents that streams fill, charges, and the free-space map. */
@NullMarked
@CheckReturnValue
package io.firn.cold.segment;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
