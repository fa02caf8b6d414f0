// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/** How much of the space of a page, a file or a cache is garbage. */
public enum HealthLevel {
  /** Less than is worth compacting. */
  HEALTHY,
  /** Enough to be compacted, which happens by itself. */
  FRAGMENTED,
  /** At least half: compaction does not keep up, is switched off, or fails. */
  DEGRADED
}
