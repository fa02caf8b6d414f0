// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

/**
 * What a planner knows of the store at one moment.
 *
 * @param availableBytes what new records can still take: free pages, and room for new files
 * @param lowWaterBytes what should be available
 * @param idle whether nothing has been written for some time
 * @param nowMillis wall time
 */
public record StoreFacts(long availableBytes, long lowWaterBytes, boolean idle, long nowMillis) {
  /** Returns the facts once writers have found no room: nothing is available to them. */
  public StoreFacts withoutRoom() {
    return new StoreFacts(Math.min(0, availableBytes), lowWaterBytes, idle, nowMillis);
  }

  /** Returns the bytes that have to become free at once; 0 or less if none. */
  public long lackingBytes() {
    return lowWaterBytes - availableBytes;
  }
}
