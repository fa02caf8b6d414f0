// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

/**
 * Where a job stands that has given way, and what it has done so far. Immutable.
 *
 * @param next index of the segment to go on with, in the order of the job; the number of segments
 *     if none is left
 * @param page of that segment to go on with
 * @param swept whether what had expired as a whole was swept
 * @param left records and pages that it could not move
 * @param doneBytes as in {@link JobReport}, as the next four
 * @param records so far
 * @param movedBytes so far
 * @param removed so far
 * @param bytesBefore before its first turn
 * @param survivorBytes lengths of the files that take the survivors when it gave way: what they
 *     change by until it goes on is the work of others
 * @param workNanos how long it has worked
 */
record JobRest(
    int next,
    int page,
    boolean swept,
    int left,
    long doneBytes,
    long records,
    long movedBytes,
    long removed,
    long bytesBefore,
    long survivorBytes,
    long workNanos) {}
