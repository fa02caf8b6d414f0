// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** A service as a user would write it, with nothing but the cache on its class path. */
@CheckReturnValue
@NullMarked
package io.firn.consumer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
