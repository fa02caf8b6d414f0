// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Decides how fast to compact: pure functions of figures and of time that is passed in. */
@NullMarked
@CheckReturnValue
package io.firn.compaction.pace;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
