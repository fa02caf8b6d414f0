// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

/**
 * The newest immutable snapshot of what an agent lets others see; only the agent sets it.
 *
 * @param <S> the snapshots
 */
final class Published<S> {
  private volatile S latest;

  Published(S first) {
    latest = first;
  }

  void set(S next) {
    latest = next;
  }

  S get() {
    return latest;
  }
}
