// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.Objects;

/**
 * A file that a plan leaves alone.
 *
 * @param segment what the file holds
 * @param reason why
 * @param detail the numbers of the decision
 */
public record SkippedFile(SegmentInfo segment, SkipReason reason, String detail) {
  /** Refuses null. */
  public SkippedFile {
    Objects.requireNonNull(segment, "segment");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(detail, "detail");
  }
}
