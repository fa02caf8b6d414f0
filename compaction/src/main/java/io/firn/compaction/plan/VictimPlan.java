// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.SkippedFile;
import java.util.List;

/**
 * Segments in the order in which evacuating them pays; each one is ranked or skipped.
 *
 * @param ranked best first
 * @param skipped the others, ascending by number
 */
public record VictimPlan(List<SegmentScore> ranked, List<SkippedFile> skipped) {
  /** Copies the lists. */
  public VictimPlan {
    ranked = List.copyOf(ranked);
    skipped = List.copyOf(skipped);
  }
}
