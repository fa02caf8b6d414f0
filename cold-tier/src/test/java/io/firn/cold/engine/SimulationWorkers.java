// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import java.util.SplittableRandom;

/** What makes space beside a simulated store; the tests of the module that does so bring it. */
@FunctionalInterface
public interface SimulationWorkers {
  /** Nobody does. */
  SimulationWorkers NONE = (space, random) -> () -> {};

  /** They work. A crash takes them with it. */
  @FunctionalInterface
  interface Running {
    /** Ends them; the store is closed next. */
    void close();

    /**
     * Looks at what they did, while no task of the simulation runs.
     *
     * @param sound whether neither disk nor space has failed anything in this life
     * @throws AssertionError if it was wrong
     */
    default void judge(boolean sound) {}
  }

  /**
   * Starts them in a simulated store that was just opened.
   *
   * @param random draws what they do
   */
  Running start(StoreSpace space, SplittableRandom random);
}
