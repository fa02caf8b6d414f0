// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/**
 * A table of the store.
 *
 * @param id names its directory
 * @param name any characters, at most 65,535 bytes in UTF-8
 * @param options its encoded options
 * @param nextSegment number that its next segment gets
 * @param segments its segments
 * @param dropped numbers that are not free yet
 * @param openExtents runs of pages being filled
 * @param partitions of its index
 */
public record TableEntry(
    int id,
    String name,
    Octets options,
    int nextSegment,
    List<SegmentEntry> segments,
    List<DroppedSegment> dropped,
    List<OpenExtent> openExtents,
    List<PartitionEntry> partitions) {
  /** Copies the lists. */
  public TableEntry {
    segments = List.copyOf(segments);
    dropped = List.copyOf(dropped);
    openExtents = List.copyOf(openExtents);
    partitions = List.copyOf(partitions);
  }
}
