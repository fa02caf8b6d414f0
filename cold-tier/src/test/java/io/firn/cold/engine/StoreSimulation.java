// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import org.jspecify.annotations.Nullable;

/** The simulation of the store, for the tests of modules that work beside it. */
public final class StoreSimulation {
  private StoreSimulation() {}

  /**
   * Runs a seed.
   *
   * @param broken the rule that is broken, null for none
   * @return what is wrong, null if nothing is
   */
  public static @Nullable String complaint(
      long seed, SimulationFocus focus, SimulationWorkers workers, @Nullable Rule broken) {
    try {
      SimulationRun.plant(seed, focus, new SimulationTotals(), broken, path -> false, workers);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Runs a seed and tells what happened in it, down to a hash over all steps. */
  public static String story(long seed, SimulationWorkers workers) {
    return SimulationRun.story(seed, workers);
  }
}
