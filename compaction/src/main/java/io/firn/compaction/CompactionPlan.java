// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.List;
import java.util.Optional;

/**
 * What a compaction of files would do now, and why: each file is in exactly one batch, or skipped.
 *
 * @param batches in the order in which they run
 * @param skipped files that are left alone
 */
public record CompactionPlan(List<FileBatch> batches, List<SkippedFile> skipped) {
  /** Copies the lists. */
  public CompactionPlan {
    batches = List.copyOf(batches);
    skipped = List.copyOf(skipped);
  }

  /** Tells whether there is nothing to do. */
  public boolean isEmpty() {
    return batches.isEmpty();
  }

  /** Returns how many files the batches hold. */
  public int files() {
    return batches.stream().mapToInt(batch -> batch.files().size()).sum();
  }

  /** Returns the bytes that come back, as far as is known. */
  public long savedBytes() {
    return batches.stream().mapToLong(FileBatch::savedBytes).sum();
  }

  /**
   * Returns why the plan should be carried out without anybody asking for it; empty if it can wait.
   */
  public Optional<String> due(CompactionConfig config) {
    if (isEmpty()) {
      return Optional.empty();
    }
    if (files() >= config.compactThresholdFiles()) {
      return Optional.of(files() + " files, threshold " + config.compactThresholdFiles());
    }
    if (savedBytes() >= config.compactThresholdBytes()) {
      return Optional.of(
          savedBytes() + " bytes of garbage, threshold " + config.compactThresholdBytes());
    }
    return Optional.empty();
  }
}
