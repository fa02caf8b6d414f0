// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.SimulationOp.Kind;
import io.firn.cold.format.Octets;
import io.firn.cold.model.FirnException;
import java.util.SplittableRandom;

/** Saves where jobs stand that do nothing else; one task does so at a time. */
final class SimulationJobs {
  private static final int JOBS = 3;
  private static final int MOST_BYTES = 2_000;

  private SimulationJobs() {}

  /** Saves or removes the state of one job, of the store or of a table. */
  static void save(SimulationWorld world, Table table, SplittableRandom random) {
    JobStates states = world.engine().jobs();
    int tableId = random.nextInt(3) == 0 ? JobStates.WHOLE_STORE : table.id();
    int job = random.nextInt(JOBS);
    byte[] state = new byte[random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(MOST_BYTES)];
    random.nextBytes(state);
    long start = world.engine().log().end();
    SimulationOp op =
        new SimulationOp(Kind.SAVE, tableId, table.name(), job, 0, state, Long.MAX_VALUE, start);
    world.model.begin(op);
    try {
      op.lsn = states.append(tableId, job, 1, Octets.of(state));
      world.threads().checkAlive();
    } catch (FirnException e) {
      world.threads().checkAlive();
      world.model.refuse(op);
      throw e;
    }
    if (op.lsn == 0) {
      world.model.refuse(op); // there was nothing to remove
      return;
    }
    op.returned = true;
    world.totals.jobsSaved++;
    if (world.options.flushMode() == FlushMode.SYNC) {
      world.engine().awaitDurable(op.lsn);
      world.threads().checkAlive();
      world.model.durableLsn = Math.max(world.model.durableLsn, op.lsn + 1);
    }
  }
}
