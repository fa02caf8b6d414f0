// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Read path, write path, checkpoints and recovery: what makes files into a store. */
@NullMarked
@CheckReturnValue
package io.firn.cold.engine;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
