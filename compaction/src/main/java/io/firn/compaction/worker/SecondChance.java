// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.RecordFilter;
import io.firn.cold.model.Address;

/**
 * Spares a record of an evicted segment that was read since it was written, once; the
 * log-structured form of CLOCK (Yang et al., FIFO queues are all you need for cache eviction, SOSP
 * 2023, section 4). For one thread.
 */
final class SecondChance implements RecordFilter {
  private long sparedBytes;

  /** Spares no more than so many bytes. */
  SecondChance(long bytes) {
    this.sparedBytes = bytes;
  }

  @Override
  public boolean keep(
      long hash, long word, int recordBytes, long writeTimeMillis, long expiresAtMillis) {
    if (Address.visits(word) == 0 || recordBytes > sparedBytes) {
      return false;
    }
    sparedBytes -= recordBytes;
    return true;
  }

  @Override
  public boolean keepsVisits() {
    return false;
  }

  @Override
  public boolean staysWithoutRoom() {
    return false;
  }
}
