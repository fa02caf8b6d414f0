// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * Four threads write, the process is killed, and the reopened store is compared with what was
 * acknowledged.
 */
@CheckReturnValue
@NullMarked
package io.firn.examples.kill;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
