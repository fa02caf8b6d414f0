// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** The stores under test: Firn, its peers, and two lower bounds written against the bare JDK. */
@NullMarked
@CheckReturnValue
package io.firn.benchmarks.subject;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
