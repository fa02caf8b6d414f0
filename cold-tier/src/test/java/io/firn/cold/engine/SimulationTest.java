// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many seeds, each with its own sizes, clients, crashes and faults.
 *
 * <p>{@code -Dfirn.sim.seeds} says how many, {@code -Dfirn.sim.seed} runs one alone.
 */
@Tag("simulation")
final class SimulationTest {
  private static final int WORKERS = 2;

  @Test
  void theStoreIsAPrefixOfWhatWasDone_andMeetsEveryKindOfCrash() throws Exception {
    Long single = Long.getLong("firn.sim.seed");
    if (single != null) {
      SimulationRun.run(single, SimulationFocus.NONE, new SimulationTotals());
      return;
    }
    SimulationTotals totals = runAll(Long.getLong("firn.sim.seeds", 1000));
    System.out.println("simulation: " + totals);
    assertThat(totals.mustBeMet()).allSatisfy((what, times) -> assertThat(times).isPositive());
  }

  @Test
  void aSeed_runsTheSameWayTwice() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(SimulationRun.story(seed)).isEqualTo(SimulationRun.story(seed));
    }
  }

  private static SimulationTotals runAll(long seeds) throws InterruptedException {
    AtomicLong next = new AtomicLong();
    ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
    List<Future<SimulationTotals>> results = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      results.add(workers.submit(() -> runSome(next, seeds)));
    }
    SimulationTotals totals = new SimulationTotals();
    try {
      for (Future<SimulationTotals> result : results) {
        totals.add(result.get());
      }
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      throw new AssertionError(cause.getMessage(), cause);
    } finally {
      next.set(seeds);
      workers.shutdown();
    }
    return totals;
  }

  private static SimulationTotals runSome(AtomicLong next, long seeds) {
    SimulationTotals totals = new SimulationTotals();
    for (long seed = next.getAndIncrement(); seed < seeds; seed = next.getAndIncrement()) {
      SimulationRun.run(seed, SimulationFocus.NONE, totals);
    }
    return totals;
  }
}
