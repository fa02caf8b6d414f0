// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.Manifest;
import io.firn.cold.format.PageLayout;
import io.firn.cold.index.Partition;
import io.firn.cold.io.AsyncIo;
import io.firn.cold.io.DiskOperation;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import io.firn.cold.wal.LogHistory;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * The pass over the log that follows redo: writes the carried records again that are current and
 * not whole in their pages. It writes nothing else, so that no older life of a page overwrites a
 * newer one. Reads and writes go through the I/O workers, a bounded number at a time. For one
 * thread.
 */
final class CarriedRepair {
  private static final int WINDOW = 64;

  private final Engine engine;
  private final CarriedRecords carried;
  private final OpenExtents extents;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private long repaired;

  /** A comparison under way, which says whether the record was written. */
  private record Pending(Table table, long word, CompletableFuture<Boolean> written) {}

  CarriedRepair(Engine engine, CarriedRecords carried, OpenExtents extents) {
    this.engine = engine;
    this.carried = carried;
    this.extents = extents;
  }

  /** Compares what the frames carry up to the end of the history; returns how many were written. */
  long run(LogHistory history, Manifest manifest, long endLsn) throws IOException {
    if (!carried.any() || !engine.threads().keeps(Rule.REPAIR_CARRIED)) {
      return 0;
    }
    history.replay(
        manifest.redoLsn(),
        endLsn,
        (lsn, frame) -> {
          if (frame.type() == FrameType.PAGE_DELTA || frame.type() == FrameType.PAGE_IMAGE) {
            RedoChange change = RedoChange.of(lsn, frame);
            Table table = engine.table(change.tableId());
            if (table != null && isCurrent(table, change)) {
              compare(table, change, frame.copyRecord());
            }
          }
          return true;
        });
    while (!pending.isEmpty()) {
      finishOne();
    }
    return repaired;
  }

  private boolean isCurrent(Table table, RedoChange change) {
    if (!engine.threads().keeps(Rule.REPAIR_CURRENT_ONLY)) {
      return true;
    }
    if (!carried.isLast(change)) {
      return false;
    }
    Partition partition = table.index().lock(change.hash());
    try {
      return Address.withoutVisits(partition.get(change.hash()))
          == Address.withoutVisits(change.word());
    } finally {
      partition.unlock();
    }
  }

  private void compare(Table table, RedoChange change, byte[] record) throws IOException {
    Segment segment = table.space().find(Address.segment(change.word()));
    if (segment == null) {
      return; // the entry is void, which is found when the charges are counted
    }
    if (pending.size() == WINDOW) {
      finishOne();
    }
    CompletableFuture<Boolean> written =
        engine
            .seams()
            .io()
            .submit(
                DiskOperation.WRITE,
                AsyncIo.Call.ofBytes(record.length, () -> repair(table, segment, change, record)));
    pending.add(new Pending(table, change.word(), written));
  }

  private static boolean repair(Table table, Segment segment, RedoChange change, byte[] record)
      throws IOException {
    if (isThere(table, change)) {
      return false;
    }
    segment.write(Address.offset(change.word()), record);
    return true;
  }

  private static boolean isThere(Table table, RedoChange change) throws IOException {
    try {
      return new StoredRecords().verify(table, change.word(), change.recordCrc(), change.lsn());
    } catch (EOFException e) {
      return false; // the file did not get its size
    }
  }

  private void finishOne() throws IOException {
    Pending oldest = pending.remove();
    if (AsyncIo.await(oldest.written)) {
      repaired++;
      long offset = Address.offset(oldest.word);
      PageLayout layout = oldest.table.space().layout();
      extents.rewritten(
          oldest.table.id(),
          Address.segment(oldest.word),
          layout.pageOf(offset),
          layout.pagesTouched(offset, Address.boundBytes(oldest.word)));
    }
  }
}
