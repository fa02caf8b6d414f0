// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * Which keys were last set by a frame that carries its record, and by which: only such a record may
 * be written again. For one thread, during redo.
 *
 * <p>An entry that holds the word of a frame is not enough: the page may have had another life
 * since, in which the same key came to stand at the same place.
 */
final class CarriedRecords {
  private final Map<Integer, Setters> byTable = new HashMap<>();

  private boolean durablePuts;

  /** Notes a change of the log, whether it is still to be applied or not. */
  void met(RedoChange change) {
    durablePuts |= !change.needsBytes();
  }

  /** Tells whether a life with durable puts wrote a part of the log, whose forces cover no data. */
  boolean metDurablePuts() {
    return durablePuts;
  }

  /** Notes that a frame has set a key. */
  void set(RedoChange change) {
    if (change.isCarried()) {
      byTable
          .computeIfAbsent(change.tableId(), ignored -> new Setters())
          .put(change.hash(), change.lsn());
      return;
    }
    Setters setters = byTable.get(change.tableId());
    if (setters != null) {
      setters.forget(change.hash());
    }
  }

  /** Tells whether a frame that carries its record was the last that set its key. */
  boolean isLast(RedoChange change) {
    Setters setters = byTable.get(change.tableId());
    return setters != null && setters.get(change.hash()) == change.lsn();
  }

  /** Tells whether there are any. */
  boolean any() {
    return !byTable.isEmpty();
  }

  /** A table from hashes to LSNs, open addressing, linear probing; LSN 0 is an empty place. */
  private static final class Setters {
    private static final long FORGOTTEN = -1;
    private static final int INITIAL_CAPACITY = 1 << 10;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private long[] hashes = new long[INITIAL_CAPACITY];
    private long[] lsns = new long[INITIAL_CAPACITY];
    private int used;

    void put(long hash, long lsn) {
      if (2 * (used + 1) > lsns.length) {
        grow();
      }
      int at = placeOf(hash);
      used += lsns[at] == 0 ? 1 : 0;
      hashes[at] = hash;
      lsns[at] = lsn;
    }

    void forget(long hash) {
      int at = placeOf(hash);
      if (lsns[at] != 0) {
        lsns[at] = FORGOTTEN;
      }
    }

    long get(long hash) {
      return lsns[placeOf(hash)];
    }

    private int placeOf(long hash) {
      int at = (int) ((hash * MIX) >>> Integer.SIZE) & (lsns.length - 1);
      while (lsns[at] != 0 && hashes[at] != hash) {
        at = (at + 1) & (lsns.length - 1);
      }
      return at;
    }

    private void grow() {
      long[] oldHashes = hashes;
      long[] oldLsns = lsns;
      hashes = new long[2 * oldLsns.length];
      lsns = new long[2 * oldLsns.length];
      used = 0;
      for (int i = 0; i < oldLsns.length; i++) {
        if (oldLsns[i] != 0) {
          put(oldHashes[i], oldLsns[i]);
        }
      }
    }
  }
}
