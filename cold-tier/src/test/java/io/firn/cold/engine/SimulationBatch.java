// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.SimulationOp.Kind;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.WriteTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One batch of a client: draws its keys, some of them twice, and tells the model what became. */
final class SimulationBatch {
  private static final byte[] NO_VALUE = {};
  private static final int LONGEST_LIFE_MILLIS = 2_000;

  private final SimulationWorld world;
  private final Table table;
  private final SplittableRandom random;
  private final List<SimulationOp> ops = new ArrayList<>();

  private SimulationBatch(SimulationWorld world, Table table, SplittableRandom random) {
    this.world = world;
    this.table = table;
    this.random = random;
  }

  /** Does a batch; what refuses it as a whole must be an error that the seed provokes. */
  static void run(SimulationWorld world, Table table, SplittableRandom random) {
    new SimulationBatch(world, table, random).run();
  }

  private void run() {
    PendingBatch batch = table.batch();
    world.batches.add(batch);
    try (batch) {
      fill(batch);
      pause();
      batch.prepare();
      if (random.nextInt(10) == 0) {
        refuse();
        return;
      }
      pause();
      commit(batch);
    } catch (OversizedValueException | WriteTimeoutException e) {
      refuse();
    } catch (StoreClosedException e) {
      refuse();
      throw e;
    } catch (FirnException e) {
      refuse();
      world.expected(e);
    } finally {
      if (!world.threads().crashed()) {
        world.batches.remove(batch);
      }
    }
  }

  private void fill(PendingBatch batch) {
    int keys = 1 + random.nextInt(world.shape.options().batches().keys());
    for (int i = 0; i < keys; i++) {
      add(batch);
    }
  }

  /** Sometimes takes so long that the batch may have been given up. */
  private void pause() {
    if (random.nextInt(20) == 0) {
      world.threads().sleep(random.nextLong(1, 2 * world.shape.options().batches().nanos()));
    }
  }

  private void add(PendingBatch batch) {
    int key = random.nextInt(world.shape.keys());
    boolean removal = random.nextInt(4) == 0;
    byte[] bytes = SimulationWorld.keyBytes(key);
    long hash = world.hash(table, key);
    byte[] value = removal ? NO_VALUE : world.value();
    long expiresAt = Long.MAX_VALUE;
    if (!removal && random.nextInt(100) < world.shape.expiryShare()) {
      expiresAt = world.engine().wallMillis() + 1 + random.nextInt(LONGEST_LIFE_MILLIS);
    }
    if (removal) {
      batch.remove(hash, bytes, bytes.length);
    } else {
      batch.put(hash, bytes, bytes.length, value, value.length, expiresAt);
    }
    Kind kind = removal ? Kind.REMOVE : Kind.PUT;
    long start = world.engine().log().end();
    SimulationOp op =
        new SimulationOp(kind, table.id(), table.name(), key, hash, value, expiresAt, start);
    op.batch = batch;
    world.model.begin(op);
    ops.add(op);
  }

  private void commit(PendingBatch batch) {
    try {
      long lsn = batch.commit();
      world.threads().checkAlive();
      world.totals.batches++;
      for (SimulationOp op : ops) {
        op.lsn = lsn;
        op.returned = true;
      }
      batch.awaitDurable();
      world.threads().checkAlive();
      if (world.options.flushMode() == FlushMode.SYNC) {
        world.model.durableLsn = Math.max(world.model.durableLsn, lsn + 1);
      }
    } finally {
      for (SimulationOp op : ops) {
        op.lsn = batch.lsn();
      }
    }
  }

  /** Nothing of the batch is visible, unless the log failed under the commit. */
  private void refuse() {
    for (SimulationOp op : ops) {
      if (op.knownLsn() == 0) {
        world.model.refuse(op);
      }
    }
  }
}
