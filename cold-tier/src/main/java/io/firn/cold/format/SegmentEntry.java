// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * A segment of a table; all but the last two fields repeat its header.
 *
 * @param number of the segment in the table
 * @param capacity largest size of the file in bytes
 * @param streamClass lifetime class, 0 to 65,535
 * @param lsnBase of its records
 * @param timeBaseMillis of its records
 * @param liveCharge bytes charged to live records; a hint until the index has been loaded
 * @param liveRecords how many live records; a hint as well
 */
public record SegmentEntry(
    int number,
    long capacity,
    int streamClass,
    long lsnBase,
    long timeBaseMillis,
    long liveCharge,
    long liveRecords) {}
