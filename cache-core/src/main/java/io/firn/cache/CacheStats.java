// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/**
 * What a cache has counted since it was opened, and its sizes now. Each figure is exact when
 * nothing runs; taken under load they may be a few operations apart from each other.
 *
 * @param hotHits reads answered from the heap, those that waited for another caller's load included
 * @param coldHits reads answered from disk
 * @param misses reads that found nothing, or nothing that could be served
 * @param loads calls of a loader that returned, with a value or with null
 * @param loadFailures calls of a loader that threw
 * @param promotions values read from disk that were kept on the heap
 * @param demotions values that a write-back cache wrote to disk in the background; 0 in a
 *     write-through cache, whose values are on disk already
 * @param shed values that the disk had no room for: kept on the heap only, or not at all
 * @param damaged reads that found damaged bytes on disk; each is a miss too
 * @param undecodable reads whose record the codec refused; each is a miss too
 * @param hotEntries entries on the heap, expired ones that were not yet removed included
 * @param coldEntries entries on disk, expired ones that were not yet removed included
 * @param dirtyEntries values of a write-back cache that are not on disk yet
 */
public record CacheStats(
    long hotHits,
    long coldHits,
    long misses,
    long loads,
    long loadFailures,
    long promotions,
    long demotions,
    long shed,
    long damaged,
    long undecodable,
    long hotEntries,
    long coldEntries,
    long dirtyEntries) {

  /** Returns hits of both tiers. */
  public long hits() {
    return hotHits + coldHits;
  }

  /** Returns the share of reads that were hits, 0.0 to 1.0; 1.0 if there was no read. */
  public double hitRate() {
    long reads = hits() + misses;
    return reads == 0 ? 1.0 : (double) hits() / reads;
  }
}
