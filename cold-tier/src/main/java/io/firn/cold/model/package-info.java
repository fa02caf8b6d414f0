// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * Ids, addresses, times, errors and loggers that every layer may name; depends on nothing but the
 * JDK and SLF4J.
 */
@NullMarked
@CheckReturnValue
package io.firn.cold.model;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
