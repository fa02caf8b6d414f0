// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.format.PageLayout;
import io.firn.cold.model.Address;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the charges of a space with those that follow from the index entries alone. */
public final class SpaceAudit {
  private SpaceAudit() {}

  /**
   * Checks every page.
   *
   * @param words the addresses of all entries
   * @throws AssertionError if a charge differs, or a free page has one
   */
  public static void check(TableSpace space, List<Long> words) {
    Map<Integer, int[]> expected = new HashMap<>();
    long total = 0;
    PageLayout layout = space.layout();
    for (long word : words) {
      Segment segment = space.find(Address.segment(word));
      if (segment == null) {
        throw new AssertionError("an entry points to no segment: " + Address.describe(word));
      }
      int[] pages = expected.computeIfAbsent(segment.number(), ignored -> new int[segment.pages()]);
      long end = layout.endOf(Address.offset(word), Address.boundBytes(word));
      for (int p = layout.pageOf(Address.offset(word)); p <= layout.pageOf(end - 1); p++) {
        long from = Math.max(Address.offset(word), layout.firstByteOf(p));
        pages[p] += (int) (Math.min(end, (p + 1L) * layout.pageBytes()) - from);
      }
      total += Address.boundBytes(word);
    }
    for (Segment segment : space.segments()) {
      checkSegment(segment, expected.get(segment.number()));
    }
    if (space.liveCharge() != total) {
      throw new AssertionError("live charge " + space.liveCharge() + ", the index says " + total);
    }
  }

  private static void checkSegment(Segment segment, int @Nullable [] expected) {
    for (int p = 0; p < segment.pages(); p++) {
      int charge = expected == null ? 0 : expected[p];
      if (segment.pageCharge(p) != charge) {
        throw new AssertionError(
            "page "
                + p
                + " of segment "
                + segment.number()
                + " is charged "
                + segment.pageCharge(p)
                + ", the index says "
                + charge);
      }
      boolean unused =
          segment.states[p] == Segment.PageState.FREE
              || segment.states[p] == Segment.PageState.WAITING;
      if (unused && charge != 0) {
        throw new AssertionError("page " + p + " of segment " + segment.number() + " is both");
      }
    }
  }
}
