// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

/**
 * How well a store works, why, and since when. Immutable.
 *
 * @param state what the store does now
 * @param reason in words; empty while all is well
 * @param sinceMillis wall time of the last change of the state, in milliseconds
 */
public record StoreHealth(StoreState state, String reason, long sinceMillis) {}
