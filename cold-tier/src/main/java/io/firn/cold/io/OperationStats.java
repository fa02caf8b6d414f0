// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

/**
 * What one kind of disk operation has done since the start.
 *
 * @param count how many ended, failed ones included
 * @param failures how many of them failed
 * @param bytes what they moved, as far as their callers told
 * @param meanNanos the mean time of an operation on its worker, in nanoseconds
 * @param p50Nanos its median
 * @param p99Nanos its 99th percentile
 * @param maxNanos its maximum
 * @param perSecond operations per second of the time since the start
 */
public record OperationStats(
    long count,
    long failures,
    long bytes,
    double meanNanos,
    long p50Nanos,
    long p99Nanos,
    long maxNanos,
    double perSecond) {}
