// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

/**
 * A state owner stepped by one thread only: its runner in production, a seeded task in the
 * simulation.
 */
public interface Agent {
  /**
   * Does one bounded slice of work and returns promptly. Must not throw for an I/O failure; an
   * {@link Error} ends the agent and is reported by its runner.
   *
   * @return how much was done; 0 lets the runner idle for {@link #idleNanos}, or until it is woken
   */
  int doWork();

  /** Returns how long the runner may idle before it calls again, in nanoseconds. */
  long idleNanos();

  /** Returns the name used for the thread, the logs and the JMX object. */
  String roleName();
}
