// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import org.jspecify.annotations.Nullable;

/** One linked list per size category; placing, removing and both lookups take constant time. */
final class CategoryLists<T> {
  /** The place of one thing in these lists. */
  static final class Node<T> {
    final T owner;
    private @Nullable CategoryLists<T> lists;
    private int category;
    private @Nullable Node<T> previous;
    private @Nullable Node<T> next;

    Node(T owner) {
      this.owner = owner;
    }

    /** Takes the thing out of the lists that it is in, if any. */
    void remove() {
      if (lists != null) {
        lists.unlink(this);
        lists = null;
      }
    }
  }

  private final SizeCategories categories = new SizeCategories();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private final @Nullable Node<T>[] heads = new Node[SizeCategories.COUNT];

  /** Puts a thing where its size belongs; a size of 0 has no place. */
  void place(Node<T> node, int size) {
    int category = SizeCategories.of(size);
    if (node.lists == this && node.category == category) {
      return;
    }
    node.remove();
    if (size == 0) {
      return;
    }
    Node<T> head = heads[category];
    node.lists = this;
    node.category = category;
    node.previous = null;
    node.next = head;
    if (head == null) {
      categories.set(category);
    } else {
      head.previous = node;
    }
    heads[category] = node;
  }

  private void unlink(Node<T> node) {
    Node<T> previous = node.previous;
    Node<T> next = node.next;
    if (next != null) {
      next.previous = previous;
    }
    if (previous != null) {
      previous.next = next;
    } else {
      heads[node.category] = next;
      if (next == null) {
        categories.clear(node.category);
      }
    }
  }

  /** Returns a thing of the highest occupied category. */
  @Nullable T largest() {
    return head(categories.highest());
  }

  /** Returns a thing of the lowest category whose sizes are all at least this one. */
  @Nullable T atLeast(int size) {
    return head(categories.atLeast(SizeCategories.surely(size)));
  }

  /** Returns a thing of the category that a size falls in; it may be smaller. */
  @Nullable T near(int size) {
    return head(SizeCategories.of(size));
  }

  private @Nullable T head(int category) {
    Node<T> head = category < 0 ? null : heads[category];
    return head == null ? null : head.owner;
  }
}
