// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** The cold tier as its users see it: a store of tables on local disk. */
@NullMarked
@CheckReturnValue
package io.firn.cold;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
