// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Agent;
import io.firn.cold.engine.SimulationOp.Kind;
import io.firn.cold.format.Octets;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.StoreClosedException;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Saves where jobs stand that do nothing else, as long as a store is open. */
final class SimulationJobs implements Agent {
  /** Tells its states from those of others. */
  static final int KIND = 200;

  private static final int SEEDS_PER_ACTIVE = 8;
  private static final int JOBS = 3;

  /** Far from the numbers of jobs that others save. */
  private static final int FIRST_JOB = 1_000_000;

  private static final int MOST_BYTES = 2_000;

  private final SimulationWorld world;
  private final SplittableRandom random;
  private final long idleNanos;

  SimulationJobs(SimulationWorld world, SplittableRandom random) {
    this.world = world;
    this.random = random;
    this.idleNanos = 4_000_000L << random.nextInt(7);
  }

  /** Returns what draws the jobs of a seed; null if it has none, as most do not. */
  static @Nullable SplittableRandom draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed * 47 + 17);
    return random.nextInt(SEEDS_PER_ACTIVE) == 0 ? random : null;
  }

  @Override
  public int doWork() {
    Table table = world.engine == null ? null : world.anyTable(random);
    if (table == null) {
      return 0;
    }
    try {
      save(table);
    } catch (StoreClosedException e) {
      return 0;
    } catch (FirnException e) {
      world.threads().checkAlive();
      if (world.shape.faults() != SimulationShape.Faults.BROKEN) {
        world.expected(e);
      }
    }
    return 0;
  }

  /** Saves or removes the state of one job, of the store or of a table. */
  private void save(Table table) {
    JobStates states = world.engine().jobs();
    int tableId = random.nextInt(3) == 0 ? JobStates.WHOLE_STORE : table.id();
    int job = FIRST_JOB + random.nextInt(JOBS);
    byte[] state = new byte[random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(MOST_BYTES)];
    random.nextBytes(state);
    long start = world.engine().log().end();
    SimulationOp op =
        new SimulationOp(Kind.SAVE, tableId, table.name(), job, 0, state, Long.MAX_VALUE, start);
    world.model.begin(op);
    try {
      op.lsn = states.append(tableId, job, KIND, Octets.of(state));
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

  @Override
  public long idleNanos() {
    return idleNanos;
  }

  @Override
  public String roleName() {
    return "jobs";
  }
}
