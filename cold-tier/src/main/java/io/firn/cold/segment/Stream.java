// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Threads;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** An append destination: records that will die together are written together. */
final class Stream {
  /** Guards {@code extent} and the positions of it. Held for a claim only, never over I/O. */
  final Lock lock;

  /** Classes from this on take survivors: records that are moved out of other pages. */
  static final int SURVIVORS = 1 << 8;

  /** The class of survivors that have lived for long. */
  static final int OLD_SURVIVORS = SURVIVORS + 1;

  /** The class whose records go here. */
  final int streamClass;

  private @Nullable Extent extent;

  /** Opened ahead of the writers; under the lock. */
  private @Nullable Extent successor;

  Stream(int streamClass, Threads threads) {
    this.streamClass = streamClass;
    this.lock = threads.newLock("stream " + streamClass);
  }

  /** Tells whether it takes records that are moved, for which some space is kept free. */
  boolean takesSurvivors() {
    return streamClass >= SURVIVORS;
  }

  /** Returns the extent being filled; under the lock. */
  @Nullable Extent extent() {
    return extent;
  }

  void extent(@Nullable Extent next) {
    extent = next;
  }

  /** Returns the extent that was opened ahead, which is the caller's from now on. */
  @Nullable Extent takeSuccessor() {
    Extent taken = successor;
    successor = null;
    return taken;
  }

  /** Returns the extent that was opened ahead; under the lock. */
  @Nullable Extent successor() {
    return successor;
  }

  void successor(Extent opened) {
    successor = opened;
  }
}
