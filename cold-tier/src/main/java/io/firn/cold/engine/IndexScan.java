// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.index.EntryVisitor;
import io.firn.cold.index.Partition;

/** Visits all entries of a table's index, partition by partition, while the index is in use. */
final class IndexScan {
  private IndexScan() {}

  /**
   * Visits every entry that is there from begin to end of the call; others may be visited. Each
   * partition is copied under its lock, so the visitor holds none.
   *
   * @throws io.firn.cold.model.StoreIoException if a partition cannot be loaded
   * @throws IllegalStateException if the index is closed
   */
  static void scan(Engine engine, Table table, EntryVisitor visitor) {
    byte[] entries = new byte[0];
    long hash = 0;
    do {
      engine.checkOpen();
      int bytes;
      int bits;
      Partition partition = table.index().lock(hash);
      try {
        bits = partition.prefixBits();
        int size = partition.size() * SlotHeader.ENTRY_BYTES;
        entries = entries.length < size ? new byte[size] : entries;
        bytes = partition.copyEntries(entries, 0);
        hash = bits == 0 ? 0 : (partition.prefix() + 1L) << (Long.SIZE - bits);
      } finally {
        partition.unlock();
      }
      for (int at = 0; at < bytes; at += SlotHeader.ENTRY_BYTES) {
        visitor.entry(
            LittleEndian.getLong(entries, at), LittleEndian.getLong(entries, at + Long.BYTES));
      }
    } while (hash != 0);
  }
}
