// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** The runner that puts Firn and its peers under the same load, each in a JVM of its own. */
@NullMarked
@CheckReturnValue
package io.firn.benchmarks;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
