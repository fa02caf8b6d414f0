// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.model.Address;

/**
 * What an evacuation is about to do with the entry of one record, if that still holds the record's
 * address.
 *
 * @param kind what
 * @param hash of the key
 * @param from the address word of the record, without visits
 * @param to the address word of its copy; none if the entry is to be removed
 * @param bytes length of the copy
 */
record RecordChange(Kind kind, long hash, long from, long to, int bytes) {
  /** What becomes of the entry. */
  enum Kind {
    MOVE,
    EXPIRED,
    REJECTED,
    DAMAGED
  }

  static RecordChange removal(Kind kind, long hash, long from) {
    return new RecordChange(kind, hash, from, Address.NONE, 0);
  }

  boolean isMove() {
    return kind == Kind.MOVE;
  }
}
