// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * Shows what stands in the files of a store, for people: as decoded structures and as bytes. Reads
 * only, takes no lock, and copes with any bytes, so a store may be damaged or open elsewhere.
 */
@NullMarked
@CheckReturnValue
package io.firn.cold.dump;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
