// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

/** Why a file is left alone. */
public enum SkipReason {
  /** Something is still being written into it. */
  FILLING,
  /** Nothing in it would be kept, so it is freed without any copying. */
  FREES_ITSELF,
  /** The filter of the options does not want it. */
  FILTERED,
  /** It is neither small nor does it hold enough that is dead or expired. */
  HEALTHY,
  /** It was written so recently that much of it may soon die by itself. */
  TOO_YOUNG,
  /** It is small, but merging it with what there is would neither save a file nor enough bytes. */
  NO_PARTNER,
  /** Too small a share of its bytes would come back. */
  TOO_LITTLE_SAVING
}
