// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The reclaimable bytes of the pages of one segment, most first; its arrays come with the first
 * such byte.
 */
final class DeadPages {
  private static final int NONE = -1;

  private final int pages;
  private long total;
  private @Nullable Lists lists;

  /** Linked lists of page numbers, one per size category. */
  private static final class Lists {
    final SizeCategories categories = new SizeCategories();
    final int[] bytes;
    final int[] next;
    final int[] previous;
    final int[] heads = new int[SizeCategories.COUNT];

    Lists(int pages) {
      bytes = new int[pages];
      next = new int[pages];
      previous = new int[pages];
      Arrays.fill(heads, NONE);
    }

    void link(int page) {
      int category = SizeCategories.of(bytes[page]);
      int head = heads[category];
      next[page] = head;
      previous[page] = NONE;
      if (head == NONE) {
        categories.set(category);
      } else {
        previous[head] = page;
      }
      heads[category] = page;
    }

    void unlink(int page) {
      int category = SizeCategories.of(bytes[page]);
      if (next[page] != NONE) {
        previous[next[page]] = previous[page];
      }
      if (previous[page] != NONE) {
        next[previous[page]] = next[page];
      } else {
        heads[category] = next[page];
        if (next[page] == NONE) {
          categories.clear(category);
        }
      }
    }
  }

  DeadPages(int pages) {
    this.pages = pages;
  }

  long total() {
    return total;
  }

  int bytes(int page) {
    return lists == null ? 0 : lists.bytes[page];
  }

  void set(int page, int bytes) {
    if (lists == null) {
      if (bytes == 0) {
        return;
      }
      lists = new Lists(pages);
    }
    int before = lists.bytes[page];
    if (before != 0) {
      lists.unlink(page);
    }
    lists.bytes[page] = bytes;
    if (bytes != 0) {
      lists.link(page);
    }
    total += bytes - before;
  }

  /** Returns a page of the highest occupied category, or -1. */
  int mostReclaimable() {
    int category = lists == null ? NONE : lists.categories.highest();
    return category < 0 || lists == null ? NONE : lists.heads[category];
  }
}
