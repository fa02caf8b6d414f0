// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

/** Receives the entries of a partition one by one. */
@FunctionalInterface
public interface EntryVisitor {
  /**
   * Takes one entry. Must not change the partition it comes from.
   *
   * @param hash the key's hash
   * @param word the {@link io.firn.cold.model.Address} word with its visits, never 0
   */
  void entry(long hash, long word);
}
