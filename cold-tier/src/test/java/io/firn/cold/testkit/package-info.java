// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * What the tests of every module share: faulty disks, clocks, models and the rules of a test run.
 */
@CheckReturnValue
@NullMarked
package io.firn.cold.testkit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
