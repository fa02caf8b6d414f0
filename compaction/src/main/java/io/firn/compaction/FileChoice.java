// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.Objects;

/**
 * A file that a plan wants to compact.
 *
 * @param segment what the file holds
 * @param detail why, with the numbers of the decision
 */
public record FileChoice(SegmentInfo segment, String detail) {
  /** Refuses null. */
  public FileChoice {
    Objects.requireNonNull(segment, "segment");
    Objects.requireNonNull(detail, "detail");
  }
}
