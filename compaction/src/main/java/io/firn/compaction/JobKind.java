// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.List;

/** What a job does. */
public enum JobKind {
  /** Evacuates whole files and deletes them. */
  FILES,
  /** Removes what has expired. */
  EXPIRY,
  /** Removes live records, so that the cache keeps within its limits. */
  EVICTION,
  /** Reads when the records expire that an earlier opening has left. */
  SURVEY;

  private static final List<Double> FILE_MARKS = List.of(0.1, 0.3, 0.5, 0.7, 0.9, 1.0);
  private static final List<Double> EXPIRY_MARKS = List.of(0.2, 0.4, 0.6, 0.8, 1.0);
  private static final List<Double> OTHER_MARKS = List.of(1.0);

  /** Returns the fractions whose crossing is an event, ascending; the last one is 1. */
  public List<Double> marks() {
    return switch (this) {
      case FILES -> FILE_MARKS;
      case EXPIRY -> EXPIRY_MARKS;
      case EVICTION, SURVEY -> OTHER_MARKS;
    };
  }

  /**
   * Returns the marks that a job has crossed, ascending.
   *
   * @param before its fraction at the last look, or a negative number at the first one
   * @param after its fraction now
   */
  public List<Double> marksCrossed(double before, double after) {
    return marks().stream().filter(mark -> before < mark && mark <= after).toList();
  }
}
