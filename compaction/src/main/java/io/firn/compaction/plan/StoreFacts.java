// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

/**
 * What a planner knows of the store at one moment.
 *
 * @param availableBytes what new records can still take: free pages, and room for new files
 * @param lowWaterBytes what should be available
 * @param idle whether nothing has been written for some time
 * @param stuck whether the last attempt to make room out of garbage has gained nothing
 * @param nowMillis wall time
 * @param openedMillis wall time at which the store was opened, since when reads are counted
 */
public record StoreFacts(
    long availableBytes,
    long lowWaterBytes,
    boolean idle,
    boolean stuck,
    long nowMillis,
    long openedMillis) {
  /** Returns the facts once writers have found no room: nothing is available to them. */
  public StoreFacts withoutRoom() {
    return new StoreFacts(
        Math.min(0, availableBytes), lowWaterBytes, idle, stuck, nowMillis, openedMillis);
  }

  /** Returns the facts once moving records has made no room. */
  public StoreFacts withoutMoves() {
    return new StoreFacts(availableBytes, lowWaterBytes, idle, true, nowMillis, openedMillis);
  }

  /** Returns the bytes that have to become free at once; 0 or less if none. */
  public long lackingBytes() {
    return lowWaterBytes - availableBytes;
  }
}
