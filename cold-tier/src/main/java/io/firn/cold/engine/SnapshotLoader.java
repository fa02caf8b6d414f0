// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FrameReader;
import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.index.Partition;
import io.firn.cold.index.PartitionSource;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreIoException;
import java.io.EOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Loads a partition from its newer snapshot; if that does not verify, from the older one and the
 * log since. Called under the partition's lock. Bytes that do not verify are damage, and misses;
 * bytes that cannot be read now leave the partition unloaded, so that a later use tries again.
 * While recovery applies the log anyway, it reaches every partition at the first frame that
 * concerns it, so nothing is replayed here.
 */
final class SnapshotLoader implements PartitionSource {
  private final Recovery recovery;
  private final Table table;

  SnapshotLoader(Recovery recovery, Table table) {
    this.recovery = recovery;
    this.table = table;
  }

  @Override
  public void load(Partition partition) {
    SlotPair pair = IndexFile.pairOf(partition);
    IOException unread = null;
    try {
      if (tryLoad(partition, pair.newer)) {
        pair.capturedChanges = 0;
        credit(partition);
        return;
      }
    } catch (IOException e) {
      unread = e;
    }
    try {
      fallBack(partition, pair, unread);
    } catch (IOException e) {
      throw new StoreIoException(
          "entries of table " + table.name() + " cannot be read: " + e.getMessage(), e);
    }
    credit(partition);
  }

  private void fallBack(Partition partition, SlotPair pair, @Nullable IOException unread)
      throws IOException {
    boolean loaded = pair.older != null && tryLoad(partition, pair.older);
    if (!loaded && unread != null) {
      throw unread;
    }
    if (!recovery.isRunning()) {
      Slot from = loaded ? pair.older : null;
      replay(partition, from == null ? pair.baseLsn : from.lsn);
    }
    if (pair.newer != null) {
      recovery.damagedSnapshot(table, pair.newer);
    }
    if (pair.older != null && !loaded) {
      recovery.damagedSnapshot(table, pair.older);
    }
    pair.newer = loaded ? pair.older : null;
    pair.older = null;
  }

  private boolean tryLoad(Partition partition, @Nullable Slot slot) throws IOException {
    if (slot == null || !slot.holdsSnapshot()) {
      return slot == null && IndexFile.pairOf(partition).older == null;
    }
    try {
      DiskFile file = table.indexFile().file();
      byte[] head = new byte[SlotHeader.SLOT_HEADER_BYTES];
      file.read(slot.offset, head, 0, head.length);
      SlotHeader header = SlotHeader.decode(head, table.indexFile().path());
      int bytes = header.entryCount() * SlotHeader.ENTRY_BYTES;
      if (header.number() != slot.number || bytes > slot.capacityBytes - head.length) {
        return false;
      }
      byte[] entries = new byte[bytes];
      file.read(slot.offset + head.length, entries, 0, bytes);
      header.verify(head, entries, 0, bytes, table.indexFile().path());
      put(partition, entries, bytes);
      return true;
    } catch (CorruptBytesException | EOFException e) {
      return false;
    }
  }

  private static void put(Partition partition, byte[] entries, int bytes) {
    for (int at = 0; at < bytes; at += SlotHeader.ENTRY_BYTES) {
      long hash = LittleEndian.getLong(entries, at);
      long word = LittleEndian.getLong(entries, at + Long.BYTES);
      if (word != Address.NONE && partition.owns(hash)) {
        long ignored = partition.put(hash, word);
      }
    }
  }

  private void replay(Partition partition, long fromLsn) throws IOException {
    BatchReplay batches = recovery.batches();
    recovery
        .history()
        .replay(
            Math.min(fromLsn, recovery.redoLsn()),
            recovery.endLsn(),
            (lsn, frame) -> {
              if (frame.isInBatch()) {
                batches.collect(lsn, frame);
              } else if (lsn >= fromLsn) {
                replay(partition, lsn, frame, batches);
              }
              return true;
            });
  }

  private void replay(Partition partition, long lsn, FrameReader frame, BatchReplay batches)
      throws CorruptBytesException {
    switch (frame.type()) {
      case TUPLE_INSERT, TUPLE_UPDATE, TUPLE_DELETE, PAGE_DELTA, PAGE_IMAGE ->
          apply(partition, RedoChange.of(lsn, frame));
      case BATCH_COMMIT -> {
        for (RedoChange change : batches.take(frame)) {
          apply(partition, change);
        }
      }
      case TABLE_CLEAR -> {
        if (frame.tableId() == table.id()) {
          partition.clear().close();
        }
      }
      case RELOCATE -> {
        if (frame.tableId() == table.id()) {
          RelocateRedo.apply(partition, frame);
        }
      }
      default -> {}
    }
  }

  private void apply(Partition partition, RedoChange change) {
    if (change.tableId() != table.id() || !partition.owns(change.hash())) {
      return;
    }
    if (change.word() == Address.NONE) {
      long ignored = partition.remove(change.hash());
    } else {
      long ignored = partition.put(change.hash(), change.word());
    }
  }

  /**
   * Counts the charges of a partition that is loaded after recovery; voids entries into nothing.
   */
  private void credit(Partition partition) {
    if (recovery.isRunning()) {
      return;
    }
    recovery.credit(table, partition);
  }
}
