// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.model.Address;

/** One look at an entry from outside of the partition's lock: what it finds may be old at once. */
final class EntryProbe {
  private EntryProbe() {}

  /** Returns the address word of a hash with its visits, or {@link Address#NONE}. */
  static long find(Table table, long hash) {
    Engine engine = table.engine();
    int ticket = engine.epochs().enter();
    try {
      return table.index().find(hash);
    } finally {
      engine.epochs().leave(ticket);
    }
  }
}
