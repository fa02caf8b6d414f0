// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * A segment number that is not free yet: index entries may still point into it, and are void.
 *
 * @param number of the segment in the table
 * @param dropLsn LSN of its {@code SegmentDrop}
 */
public record DroppedSegment(int number, long dropLsn) {}
