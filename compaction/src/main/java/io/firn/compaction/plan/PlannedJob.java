// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.JobKind;
import java.util.List;

/**
 * A job that is worth doing now.
 *
 * @param kind what to do
 * @param segments the segments to empty, the best first
 * @param plannedBytes bytes of these segments
 * @param savedBytes how many of them come back, as far as is known
 * @param paced whether the debt decides how fast it goes; what has expired shall be gone soon
 * @param priority the higher the sooner
 * @param reason the decision, with its numbers
 */
public record PlannedJob(
    JobKind kind,
    List<Integer> segments,
    long plannedBytes,
    long savedBytes,
    boolean paced,
    int priority,
    String reason) {
  /** Copies the list. */
  public PlannedJob {
    segments = List.copyOf(segments);
  }
}
