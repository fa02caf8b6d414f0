// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.SimulationOp.Kind;
import io.firn.cold.format.Octets;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.StoreClosedException;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One user of the store: draws operations, does them, and judges what it reads. */
final class SimulationClient implements Runnable {
  private static final byte[] NO_VALUE = {};
  private static final long SILENCE_NANOS = 3_000_000_000L;
  private static final long LONGEST_SLEEP_NANOS = 60_000_000;
  private static final int LONGEST_LIFE_MILLIS = 2_000;
  private static final int LONGEST_JUMP_MILLIS = 5_000;

  private final SimulationWorld world;
  private final SimulationModel model;
  private final SimulationShape shape;
  private final SplittableRandom random;

  SimulationClient(SimulationWorld world, SplittableRandom random) {
    this.world = world;
    this.model = world.model;
    this.shape = world.shape;
    this.random = random;
  }

  @Override
  public void run() {
    for (int i = 0; i < shape.operations() && !world.doubtful; i++) {
      if (random.nextInt(40) == 0) {
        long nanos = random.nextInt(20) == 0 ? SILENCE_NANOS : random.nextLong(LONGEST_SLEEP_NANOS);
        world.threads().sleep(nanos);
      }
      if (shape.jumps() && random.nextInt(30) == 0) {
        long ignored = world.wallMillis();
        world.time.jumpWall(random.nextInt(-LONGEST_JUMP_MILLIS, LONGEST_JUMP_MILLIS / 2));
      }
      operation();
    }
  }

  private void operation() {
    Table table = world.anyTable(random);
    if (table == null || random.nextInt(shape.rareOdds()) == 0) {
      rare(table);
      return;
    }
    int key = random.nextInt(shape.keys());
    int draw = random.nextInt(100);
    if (draw < shape.readShare()) {
      get(table, key);
    } else if (draw < shape.readShare() + shape.removeShare()) {
      remove(table, key);
    } else if (random.nextInt(100) < shape.batchShare()) {
      batch(table);
    } else {
      put(table, key);
    }
  }

  private void batch(Table table) {
    try {
      SimulationBatch.run(world, table, random);
    } catch (StoreClosedException e) {
      dropped(table, null, e);
    }
  }

  private SimulationOp begin(
      Kind kind, int tableId, String name, int key, long hash, byte[] value) {
    long expiresAt = Long.MAX_VALUE;
    if (kind == Kind.PUT && random.nextInt(100) < shape.expiryShare()) {
      expiresAt = world.engine().wallMillis() + 1 + random.nextInt(LONGEST_LIFE_MILLIS);
    }
    SimulationOp op =
        new SimulationOp(
            kind, tableId, name, key, hash, value, expiresAt, world.engine().log().end());
    model.begin(op);
    return op;
  }

  private void put(Table table, int key) {
    byte[] bytes = SimulationWorld.keyBytes(key);
    long hash = world.hash(table, key);
    SimulationOp op = begin(Kind.PUT, table.id(), table.name(), key, hash, world.value());
    try (PendingWrite write =
        table.preparePut(
            hash, bytes, bytes.length, op.value, op.value.length, op.expiresAtMillis)) {
      commit(op, write);
      note(table, hash);
    } catch (StoreClosedException e) {
      dropped(table, op, e);
    } catch (FirnException e) {
      if (shape.isLimited()) {
        throw new AssertionError("nobody makes room for a put: " + e, e);
      }
      world.full |= e instanceof DiskFullException;
      world.refused(op, e);
    }
  }

  private void commit(SimulationOp op, PendingWrite write) {
    op.pending = write;
    try {
      boolean changed = write.commit() != 0;
      world.threads().checkAlive();
      op.returned = changed;
      op.lsn = write.lsn();
      write.awaitDurable();
      world.threads().checkAlive();
      if (changed && world.options.flushMode() == FlushMode.SYNC) {
        model.durableLsn = Math.max(model.durableLsn, op.lsn + 1);
      }
    } finally {
      op.lsn = write.lsn();
      op.pending = null;
    }
  }

  private void dropped(Table table, @Nullable SimulationOp op, StoreClosedException e) {
    if (op != null && op.lsn == 0) {
      model.refuse(op);
    }
    if (world.tables.get(table.name()) == table) {
      throw new AssertionError("closed, but nobody dropped it: table " + table.name(), e);
    }
  }

  /** Notes where the record stands, to see when pages and numbers are used again. */
  private void note(Table table, long hash) {
    long word = table.index().find(hash);
    if (word == 0) {
      return;
    }
    long place = (long) table.id() << 52 ^ word >>> 12;
    if (!world.addresses.add(place)) {
      world.totals.pageReuse++;
    }
    int number = io.firn.cold.model.Address.segment(word);
    var segment = table.space().find(number);
    if (segment != null) {
      int page = table.space().layout().pageOf(io.firn.cold.model.Address.offset(word));
      if (world.evacuated.remove(
          new SimulationWorld.EvacuatedPage(table.id(), number, segment.lsnBase(), page))) {
        world.totals.reuseAfterMove++;
      }
      Long before = world.segments.put((long) table.id() << 32 | number, segment.lsnBase());
      if (before != null && before != segment.lsnBase()) {
        world.totals.numberReuse++;
      }
    }
  }

  private void remove(Table table, int key) {
    byte[] bytes = SimulationWorld.keyBytes(key);
    long hash = world.hash(table, key);
    SimulationModel.Slot slot = new SimulationModel.Slot(table.id(), hash);
    long floor = model.floor(slot);
    world.reserved |= world.engine().reserve().isKept();
    SimulationOp op = begin(Kind.REMOVE, table.id(), table.name(), key, hash, NO_VALUE);
    try (PendingWrite write = table.prepareRemove(hash, bytes, bytes.length)) {
      commit(op, write);
      if (!op.returned) {
        model.refuse(op);
        if (!isGone(table) && model.candidates(slot, floor).stream().noneMatch(this::isNothing)) {
          throw new AssertionError("nothing to remove, but it is live: " + slot);
        }
      } else if (world.full) {
        world.totals.fullRemovals++;
      }
    } catch (StoreClosedException e) {
      dropped(table, op, e);
    } catch (DiskFullException e) {
      if (world.reserved && (shape.faults() == SimulationShape.Faults.FULL || shape.isLimited())) {
        throw new AssertionError("a removal was refused in spite of the reserve: " + e, e);
      }
      world.refused(op, e);
    } catch (FirnException e) {
      world.refused(op, e);
    }
  }

  /** What has expired may have been none already when the store was opened. */
  private boolean isNothing(@Nullable SimulationOp candidate) {
    return candidate == null || candidate.expiresAtMillis <= world.latestWallMillis();
  }

  private boolean isGone(Table table) {
    return world.tables.get(table.name()) != table;
  }

  private void get(Table table, int key) {
    SimulationModel.Slot slot = new SimulationModel.Slot(table.id(), world.hash(table, key));
    long floor = model.floor(slot);
    long earliest = world.wallMillis();
    SimulationRead read;
    try {
      read = world.read(table, key);
    } catch (StoreClosedException e) {
      world.threads().checkAlive();
      dropped(table, null, e);
      return;
    }
    world.threads().checkAlive();
    long latest = world.latestWallMillis();
    if (isGone(table) || (read == null && world.readsFail)) {
      return;
    }
    List<@Nullable SimulationOp> candidates = model.candidates(slot, floor);
    for (SimulationOp candidate : candidates) {
      if (SimulationRead.matches(read, candidate, key, earliest, latest)) {
        return;
      }
    }
    throw new AssertionError(
        "key "
            + key
            + " of table "
            + table.id()
            + " read as "
            + read
            + " at wall time "
            + earliest
            + ", allowed: "
            + candidates
            + ", floor "
            + floor);
  }

  private void rare(@Nullable Table table) {
    if (world.rareBusy) {
      return;
    }
    world.rareBusy = true;
    try {
      int draw = random.nextInt(7);
      if (draw == 6) {
        verify();
      } else if (table == null || draw == 0) {
        create(SimulationWorld.TABLE_NAMES.get(random.nextInt(3)));
      } else if (draw == 1) {
        drop(table);
      } else if (draw < 4) {
        clear(table);
      } else {
        flush();
      }
    } finally {
      world.rareBusy = false;
    }
  }

  /** A verification finds nothing wrong, whatever the others do meanwhile. */
  private void verify() {
    try {
      VerifyReport report = world.engine().verify();
      world.threads().checkAlive();
      world.verified(report);
    } catch (FirnException e) {
      world.threads().checkAlive();
      world.expected(e);
    }
  }

  private void flush() {
    long end = world.engine().log().end();
    try {
      world.engine().flush();
      world.threads().checkAlive();
      model.durableLsn = Math.max(model.durableLsn, end);
    } catch (FirnException e) {
      world.expected(e);
    }
  }

  private void create(String name) {
    if (world.tables.containsKey(name)) {
      return;
    }
    SimulationOp op = begin(Kind.CREATE, world.engine().nextTableId(), name, 0, 0, NO_VALUE);
    try {
      Table table = world.engine().openTable(name, Octets.EMPTY);
      world.threads().checkAlive();
      world.tables.put(name, table);
      if (table.id() == op.tableId) {
        returned(op, table.createdLsn());
      } else {
        model.ops().remove(op); // a drop that could not be logged has left it
      }
    } catch (FirnException e) {
      world.refused(op, e);
    }
  }

  private void drop(Table table) {
    world.tables.remove(table.name());
    SimulationOp op = begin(Kind.DROP, table.id(), table.name(), 0, 0, NO_VALUE);
    try {
      long lsn = world.engine().dropTable(table.name());
      world.threads().checkAlive();
      returned(op, lsn);
    } catch (FirnException e) {
      world.doubtful = true;
      world.expected(e);
    }
  }

  private void clear(Table table) {
    SimulationOp op = begin(Kind.CLEAR, table.id(), table.name(), 0, 0, NO_VALUE);
    try {
      long lsn = table.clear();
      table.awaitDurable(lsn);
      world.threads().checkAlive();
      returned(op, lsn);
      if (world.options.flushMode() == FlushMode.SYNC) {
        model.durableLsn = Math.max(model.durableLsn, lsn + 1);
      }
    } catch (FirnException e) {
      world.refused(op, e);
    }
  }

  private void returned(SimulationOp op, long lsn) {
    op.lsn = lsn;
    op.returned = true;
  }
}
