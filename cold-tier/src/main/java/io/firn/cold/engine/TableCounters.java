// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import java.util.concurrent.atomic.LongAdder;

/** What happened to a table since it was opened. Thread-safe. */
public final class TableCounters {
  /** Reads that found a live record. */
  public final LongAdder hits = new LongAdder();

  /** Reads that found none. */
  public final LongAdder misses = new LongAdder();

  /** Reads that found a record that has expired; counted as misses too. */
  public final LongAdder expired = new LongAdder();

  /** Reads whose bytes did not verify or could not be read; counted as misses too. */
  public final LongAdder damaged = new LongAdder();

  /** Reads that met another key with the same 64-bit hash; counted as misses too. */
  public final LongAdder collisions = new LongAdder();

  /** Records written. */
  public final LongAdder puts = new LongAdder();

  /** Bytes of records written. */
  public final LongAdder putBytes = new LongAdder();

  /** Entries removed. */
  public final LongAdder removes = new LongAdder();

  /** Records that were moved to other pages. */
  public final LongAdder moves = new LongAdder();

  /** Bytes of the copies that were made of them. */
  public final LongAdder movedBytes = new LongAdder();

  TableCounters() {}

  void wrote(boolean removal, int recordBytes) {
    if (removal) {
      removes.increment();
    } else {
      puts.increment();
      putBytes.add(recordBytes);
    }
  }
}
