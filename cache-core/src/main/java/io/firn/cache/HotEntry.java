// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;


/**
 * A value in the hot tier, with what decides whether it may be served.
 *
 * @param value the value itself
 * @param expiresAtMillis wall time from which on it is not served; {@link Lifetime#NEVER}
 * @param weight what it counts against the maximum weight
 * @param generation the {@link HotTier#generation} read before the value was read or written
 */
record HotEntry<V>(V value, long expiresAtMillis, int weight, long generation) {}
