// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/**
 * What one evacuation did. All of it is visible and logged when it is returned.
 *
 * @param pages how many pages were evacuated; those that could not be held do not count
 * @param pagesFreed how many of them have no live record any more, and are released once nobody can
 *     need them
 * @param pagesByIndex how many of them could not be walked, so that their records were found
 *     through the index
 * @param pagesLeft how many of them were passed over: they could not be read now, or there was no
 *     room for copies
 * @param moved live records whose entries point to their copies now
 * @param movedBytes bytes of those copies
 * @param lost records that were overwritten or removed while they were copied; the copies are
 *     garbage
 * @param expired records that had expired and were removed
 * @param rejected records that the filter did not keep and that were removed
 * @param damaged entries that were removed because their records do not verify
 * @param left live records of the other pages that stay where they are: there was no room for their
 *     copies, they could not be read now, or the place of the copy cannot hold their expiry
 */
public record EvacuationResult(
    int pages,
    int pagesFreed,
    int pagesByIndex,
    int pagesLeft,
    int moved,
    long movedBytes,
    int lost,
    int expired,
    int rejected,
    int damaged,
    int left) {}
