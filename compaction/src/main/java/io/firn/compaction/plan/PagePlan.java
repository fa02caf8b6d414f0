// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.SkipReason;
import java.util.List;
import java.util.Map;

/**
 * Pages to evacuate; each page is in exactly one batch, or counted as skipped.
 *
 * @param batches the best first
 * @param skipped number of pages left alone, by reason
 */
public record PagePlan(List<CompactionBatch> batches, Map<SkipReason, Integer> skipped) {
  /** Copies the collections. */
  public PagePlan {
    batches = List.copyOf(batches);
    skipped = Map.copyOf(skipped);
  }

  /** Returns the bytes that come back, as far as is known. */
  public long savedBytes() {
    return batches.stream().mapToLong(CompactionBatch::savedBytes).sum();
  }
}
