// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.index.Partition;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Checks that no snapshot which may still be loaded points into a segment that is younger than the
 * snapshot: such an entry meant an earlier segment of the same number.
 */
final class SnapshotAudit {
  private SnapshotAudit() {}

  /**
   * Checks every slot of a table; nobody may be at work.
   *
   * @throws AssertionError if an entry points into a younger segment
   */
  static void check(Table table) {
    for (Partition partition : table.index().partitions()) {
      SlotPair pair = IndexFile.pairOf(partition);
      check(table, partition, pair.newer);
      check(table, partition, pair.older);
    }
  }

  private static void check(Table table, Partition partition, @Nullable Slot slot) {
    if (slot == null || !slot.holdsSnapshot()) {
      return;
    }
    try {
      DiskFile file = table.indexFile().file();
      byte[] head = new byte[SlotHeader.SLOT_HEADER_BYTES];
      if (slot.offset + head.length > file.size()) {
        return;
      }
      file.read(slot.offset, head, 0, head.length);
      SlotHeader header = SlotHeader.decode(head, "snapshot");
      int bytes = header.entryCount() * SlotHeader.ENTRY_BYTES;
      if (header.number() != slot.number || bytes > slot.capacityBytes - head.length) {
        return;
      }
      byte[] entries = new byte[bytes];
      file.read(slot.offset + head.length, entries, 0, bytes);
      header.verify(head, entries, 0, bytes, "snapshot"); // a new one may be half above an old one
      for (int at = 0; at < bytes; at += SlotHeader.ENTRY_BYTES) {
        // A slot from before a split has entries of the other half, which are not loaded from it.
        if (partition.owns(LittleEndian.getLong(entries, at))) {
          checkEntry(table, slot, LittleEndian.getLong(entries, at + Long.BYTES));
        }
      }
    } catch (CorruptBytesException e) {
      // A slot that a crash left half written is not loaded.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void checkEntry(Table table, Slot slot, long word) {
    Segment segment = table.space().find(Address.segment(word));
    if (segment != null && segment.lsnBase() > slot.lsn) {
      throw new AssertionError(
          "snapshot "
              + slot.number
              + " at LSN "
              + slot.lsn
              + " points into segment "
              + segment.number()
              + ", which was made at "
              + segment.lsnBase());
    }
  }
}
