// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** The tour: load, read back, restart, kill and check, each phase in a JVM of its own. */
@CheckReturnValue
@NullMarked
package io.firn.examples;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
