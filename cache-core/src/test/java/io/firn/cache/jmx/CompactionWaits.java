// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.Firn;
import io.firn.compaction.CompactionOptions;

/** Waits until the threads of a live store have come as far as a test needs them. */
final class CompactionWaits {
  private CompactionWaits() {}

  /** Returns once nothing is planned any more; until the scheduler hears of it something may be. */
  static void pause(CompactionMXBean bean) {
    bean.pause();
    while (!bean.isPaused()) {
      Thread.onSpinWait();
    }
  }

  /** Waits for the thread that seals, until only what is filled and what comes next is not. */
  static void awaitSealed(Firn firn) {
    while (unsealed(firn) > 2) {
      Thread.onSpinWait();
    }
  }

  private static long unsealed(Firn firn) {
    return firn.compaction().segments("books").stream().filter(each -> !each.sealed()).count();
  }

  /** Returns once the scheduler has done, and shown, what it was told of before. */
  static void awaitScheduler(Firn firn) throws Exception {
    CompactionOptions nothing = CompactionOptions.builder().filter(each -> false).build();
    assertThat(firn.compaction().compact("books", nothing).get().files()).isZero();
  }
}
