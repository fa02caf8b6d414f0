// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

/**
 * The hashes of the entries in a part of a table, as they were at one moment of their partition.
 *
 * @param hashes in no order, each once; the receiver's own
 * @param next where the following part begins; 0 after the last one
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record HashRange(long[] hashes, long next) {}
