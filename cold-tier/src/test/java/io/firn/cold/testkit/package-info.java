// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * A world that one seed decides: threads, time and disk for simulated runs of the engine, with
 * crashes between any two steps. Ships as a test jar for the modules above.
 */
@NullMarked
@CheckReturnValue
package io.firn.cold.testkit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
