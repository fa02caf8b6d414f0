// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Workers that own their state, and the seam through which the engine's threads meet. */
@NullMarked
@CheckReturnValue
package io.firn.cold.agent;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
