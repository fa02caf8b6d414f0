// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.SimulationOp.Kind;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.Frames;
import io.firn.cold.format.LittleEndian;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import io.firn.cold.testkit.WatchedDisk;

/**
 * What a store at its limit owes: it never takes more, and removes nothing but what its log says.
 * The log is read as it is written, and what nobody asked for becomes a change that the model
 * knows.
 */
final class SimulationLimit {
  private static final byte[] NO_VALUE = {};
  private static final int NO_KEY = -1;

  private final SimulationWorld world;
  private final WatchedDisk disk;

  SimulationLimit(SimulationWorld world) {
    this.world = world;
    this.disk = new WatchedDisk(world.disk()).onPublish(this::publishes);
  }

  /** Returns the disk of this life, which is watched. */
  WatchedDisk disk() {
    return disk;
  }

  /** Fails if the files took more than they may at any moment of this life. */
  void check() {
    long most = world.options.maximumDiskBytes();
    if (disk.largestBytes() > most) {
      throw new AssertionError(disk.largestBytes() + " bytes were on disk, at most " + most);
    }
  }

  private void publishes(String path, byte[] bytes, int offset, int length) {
    Engine engine = world.engine;
    if (engine == null
        || !path.startsWith("wal/")
        || length < Frames.HEADER_BYTES + Long.BYTES
        || FrameType.of(LittleEndian.getByte(bytes, offset + Frames.AT_TYPE))
            != FrameType.TUPLE_DELETE
        || (LittleEndian.getShort(bytes, offset + Frames.AT_FLAGS) & Frames.IN_BATCH) != 0) {
      return;
    }
    long lsn = engine.log().end();
    if (!world.model.isKnown(lsn)) {
      int table = LittleEndian.getInt(bytes, offset + Frames.AT_TABLE);
      evicts(engine, table, LittleEndian.getLong(bytes, offset + Frames.AT_HASH), lsn);
    }
  }

  /**
   * Those who make space look at sealed pages only, so a version in another is not what they saw.
   */
  private void evicts(Engine engine, int tableId, long hash, long lsn) {
    Table table = engine.table(tableId);
    if (table == null) {
      return; // it is being dropped
    }
    long word = table.index().find(hash);
    Segment segment = table.space().find(Address.segment(word));
    int page = table.space().layout().pageOf(Address.offset(word));
    if (word == 0 || segment == null || !table.space().isSealed(segment, page)) {
      throw new AssertionError("removed, but not found in a sealed page: " + tableId + "/" + hash);
    }
    SimulationOp op =
        new SimulationOp(
            Kind.REMOVE, tableId, table.name(), NO_KEY, hash, NO_VALUE, Long.MAX_VALUE, lsn);
    op.lsn = lsn;
    world.model.begin(op);
    world.totals.evicted++;
  }
}
