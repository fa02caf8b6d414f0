// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Ids, addresses, times and errors that every layer may name; depends on nothing but the JDK. */
@NullMarked
@CheckReturnValue
package io.firn.cold.model;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
