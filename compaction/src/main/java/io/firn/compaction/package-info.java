// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * What users of compaction see: settings, jobs, results and events. Depends on nothing else of the
 * module.
 */
@NullMarked
@CheckReturnValue
package io.firn.compaction;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
