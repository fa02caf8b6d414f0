// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * What every phase needs: a child JVM, its results, a place to work, time, and the store's
 * settings.
 */
@CheckReturnValue
@NullMarked
package io.firn.examples.run;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
