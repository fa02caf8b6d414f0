// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

/** A running agent, as its starter sees it. Thread-safe. */
public interface AgentHandle extends AutoCloseable {
  /** Ends the idling of the agent, now or at its next attempt to idle. Never blocks. */
  void wake();

  /** Asks the agent to stop after its current slice and waits until it has. Never interrupts it. */
  @Override
  void close();
}
