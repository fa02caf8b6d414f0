// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/**
 * What a sweep of expired segments did.
 *
 * @param segments how many of the segments were swept: all records in their sealed pages had
 *     expired
 * @param removed how many entries were removed, exactly
 */
public record SweepResult(int segments, long removed) {}
