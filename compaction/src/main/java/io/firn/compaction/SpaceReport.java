// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/**
 * How much space a store takes for what it keeps.
 *
 * @param fileBytes length of all files: data, log, index, what is reserved
 * @param liveBytes bytes of records that live and have not expired
 * @param debtBytes bytes of data files above what they should take, 1.3 times the live bytes; 0 if
 *     there are none
 * @param spaceAmplification bytes of files per live byte; infinite while nothing lives
 */
public record SpaceReport(
    long fileBytes, long liveBytes, long debtBytes, double spaceAmplification) {
  /**
   * @throws IllegalArgumentException if a number is negative
   */
  public SpaceReport {
    Checks.notNegative("fileBytes", fileBytes);
    Checks.notNegative("liveBytes", liveBytes);
    Checks.notNegative("debtBytes", debtBytes);
  }
}
