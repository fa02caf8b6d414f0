// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionResult;
import org.junit.jupiter.api.Test;

/** Several small files are emptied together where there is room for their copies. */
final class SmallFilesTest {
  private static final int KEYS = 4_000;

  @Test
  void oneForce_coversTheCopiesOfSeveralFiles() {
    try (SteppedStore store = SteppedStore.open(new SimDisk(1), 64L << 20, new ManualTime(), 1)) {
      store
          .compaction()
          .configure(
              SteppedStore.TABLE,
              CompactionConfig.defaults().toBuilder().backgroundEnabled(false).build());
      for (int i = 0; i < KEYS; i++) {
        store.put(i, 0, SteppedStore.NEVER);
      }
      for (int i = 0; i < KEYS; i++) {
        if (i % 2 == 0) {
          assertThat(store.remove(SteppedStore.key(i))).isTrue();
        }
      }
      store.seal();
      long before = store.engine().stats().forces();
      CompactionResult result =
          store
              .await(store.compaction().compact(SteppedStore.TABLE, CompactionOptions.defaults()))
              .join();
      assertThat(result.files()).isGreaterThan(15);
      assertThat(store.engine().stats().forces() - before).isLessThan(result.files() / 2);
      for (int i = 0; i < KEYS; i++) {
        byte[] found = store.get(SteppedStore.key(i));
        assertThat(found).isEqualTo(i % 2 == 0 ? null : SteppedStore.value(i, 0));
      }
    }
  }
}
