// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.agent.AgentHandle;
import java.util.function.Consumer;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of immutable commands to one agent, who alone takes them out. Posting is
 * thread-safe and never blocks.
 *
 * @param <C> the commands
 */
final class Mailbox<C> {
  private static final int CAPACITY = 256;
  private static final int COMMANDS_PER_CYCLE = 16;

  private final MessagePassingQueue<C> queue = new MpscVarHandleArrayQueue<>(CAPACITY);
  private volatile @Nullable AgentHandle owner;

  /** Says whom to wake. */
  void attach(AgentHandle handle) {
    owner = handle;
  }

  /** Posts a command; false if the queue is full and nothing was taken. */
  boolean post(C command) {
    boolean taken = queue.offer(command);
    AgentHandle handle = owner;
    if (handle != null) {
      handle.wake();
    }
    return taken;
  }

  /** Hands some commands over, which must not throw; returns how many. */
  int drain(Consumer<? super C> taker) {
    return queue.drain(taker::accept, COMMANDS_PER_CYCLE);
  }
}
