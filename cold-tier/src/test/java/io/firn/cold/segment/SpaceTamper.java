// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

/** Makes the account of a space wrong on purpose. */
public final class SpaceTamper {
  private SpaceTamper() {}

  /** Makes a page count as free without telling the free-space map. */
  public static void free(Segment segment, int page) {
    segment.states[page] = Segment.PageState.FREE;
  }
}
