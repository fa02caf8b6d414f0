// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * Decides what to compact: pure functions from a snapshot to a plan, without I/O and without a
 * clock.
 */
@NullMarked
@CheckReturnValue
package io.firn.compaction.plan;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
