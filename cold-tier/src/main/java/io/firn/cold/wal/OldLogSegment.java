// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

/**
 * A log file of an earlier life that is still needed.
 *
 * @param path its path below the store's directory
 * @param sequence its place in the order of segments
 * @param salt what its frames' checksums are seeded with
 * @param baseLsn LSN of its first frame
 * @param previousEndLsn LSN at which the history before it ended
 * @param endLsn LSN at which its part of the history ends
 * @param capacity its size in bytes
 */
public record OldLogSegment(
    String path,
    long sequence,
    long salt,
    long baseLsn,
    long previousEndLsn,
    long endLsn,
    long capacity) {}
