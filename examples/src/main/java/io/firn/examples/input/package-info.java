// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** What the tour caches: class files of the running JDK, a folder, or a trace of cache requests. */
@CheckReturnValue
@NullMarked
package io.firn.examples.input;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
