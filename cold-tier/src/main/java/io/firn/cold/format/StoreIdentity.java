// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * What a store is given at its creation and never changes.
 *
 * @param pageBytes size of its pages, 512 to 65,536
 * @param segmentNumberBits segment numbers of a table are below 2 to this power, 1 to 23
 * @param hashSeed0 first half of the seed of the key hash
 * @param hashSeed1 second half
 * @param storeId0 first half of a random number that tells stores apart
 * @param storeId1 second half
 */
public record StoreIdentity(
    int pageBytes,
    int segmentNumberBits,
    long hashSeed0,
    long hashSeed1,
    long storeId0,
    long storeId1) {}
