// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.PartitionEntry;
import io.firn.cold.format.SlotEntry;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.format.TableEntry;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.Address;
import io.firn.cold.model.UnsupportedVersionException;
import java.io.EOFException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** The snapshots of a table's index as text: the checkpoint. For one thread. */
final class IndexView {
  private final Lines lines;
  private final DiskFile file;
  private final boolean hex;
  private final Set<Long> shown = new HashSet<>();

  IndexView(Lines lines, DiskFile file, boolean hex) {
    this.lines = lines;
    this.file = file;
    this.hex = hex;
  }

  /** Shows every snapshot that a manifest names for the table, newer ones first. */
  void show(TableEntry table) throws IOException {
    for (PartitionEntry partition : table.partitions()) {
      for (SlotEntry slot : partition.slots()) {
        if (slot.exists() && shown.add(slot.offset()) && !lines.isFull()) {
          lines.line(
              "partition "
                  + partition.prefix()
                  + "/"
                  + partition.bits()
                  + ", snapshot "
                  + slot.number()
                  + " at "
                  + slot.offset()
                  + " in "
                  + slot.capacityBytes()
                  + " bytes:");
          show(slot);
        }
      }
    }
  }

  private void show(SlotEntry slot) throws IOException {
    byte[] head = new byte[SlotHeader.SLOT_HEADER_BYTES];
    try {
      file.read(slot.offset(), head, 0, head.length);
      SlotHeader header = SlotHeader.decode(head, "snapshot");
      long length = header.slotBytes() - head.length;
      if (length > slot.capacityBytes() - head.length) {
        lines.line("  DAMAGED: " + header.entryCount() + " entries do not fit");
        return;
      }
      byte[] entries = new byte[(int) length];
      file.read(slot.offset() + head.length, entries, 0, entries.length);
      header.verify(head, entries, 0, entries.length, "snapshot");
      lines.line(
          "  snapshot "
              + header.number()
              + " of table "
              + header.tableId()
              + ", LSN "
              + header.lsn()
              + ", "
              + header.entryCount()
              + " entries");
      showEntries(slot, head, entries);
    } catch (CorruptBytesException | UnsupportedVersionException | EOFException e) {
      lines.line("  DAMAGED: " + e.getMessage());
      if (hex) {
        lines.hex(head, 0, head.length, slot.offset());
      }
    }
  }

  private void showEntries(SlotEntry slot, byte[] head, byte[] entries) throws IOException {
    if (hex) {
      lines.hex(head, 0, head.length, slot.offset());
      lines.hex(entries, 0, entries.length, slot.offset() + head.length);
      return;
    }
    for (int at = 0; at < entries.length && !lines.isFull(); at += SlotHeader.ENTRY_BYTES) {
      long word = LittleEndian.getLong(entries, at + Long.BYTES);
      lines.line(
          "  "
              + Lines.hex(LittleEndian.getLong(entries, at), 16)
              + " -> "
              + Address.describe(word)
              + ", visits "
              + Address.visits(word));
    }
  }
}
