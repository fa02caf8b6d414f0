// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors

/** The compaction of a store as management tools see it. */
@NullMarked
package io.firn.cache.jmx;

import org.jspecify.annotations.NullMarked;
