// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.Step;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.compaction.CompactionException;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionResult;
import io.firn.compaction.JobOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs out of which something is thrown that nobody expects. */
final class ThrowingJobTest {
  private static final int KEYS = 300;

  static Stream<Arguments> stepsAndThrown() {
    return Stream.of(Step.MOVE_COPIED, Step.MOVE_FORCED, Step.RESERVED)
        .flatMap(
            step ->
                Stream.of(
                        new IllegalStateException("planted"),
                        new OutOfMemoryError("planted"),
                        new StackOverflowError("planted"))
                    .map(thrown -> Arguments.of(step, thrown)));
  }

  @ParameterizedTest
  @MethodSource("stepsAndThrown")
  void aJobThatThrows_isCountedAsFailed_andItsWorkerGoesOn(Step step, Throwable thrown)
      throws Exception {
    ManualTime time = new ManualTime();
    try (SteppedStore store = SteppedStore.open(new SimDisk(1), 64L << 20, time)) {
      store.compaction().pause();
      fillAndRemoveMost(store);
      for (int failed = 1; failed <= 3; failed++) { // more often than there are workers
        store.threads().at(step, () -> sneak(thrown));
        CompletableFuture<CompactionResult> asked = compact(store);
        assertThatThrownBy(() -> asked.get(0, TimeUnit.SECONDS))
            .cause()
            .isInstanceOf(CompactionException.class)
            .hasMessageContaining("planted");
        assertThat(store.compaction().totals().failed()).isEqualTo(failed);
        assertThat(store.compaction().history().get(0).outcome()).isEqualTo(JobOutcome.FAILED);
        assertThat(store.compaction().jobs()).isEmpty();
        checkKept(store);
        assertThat(store.verify().findings()).isEmpty();
      }
      assertThat(compact(store).get(0, TimeUnit.SECONDS).reclaimedBytes()).isPositive();
      assertThat(store.compaction().totals().performed()).isEqualTo(1);
      checkKept(store);
      store.settle();
      assertThat(store.verify().findings()).isEmpty();
    }
  }

  private static CompletableFuture<CompactionResult> compact(SteppedStore store) {
    return store.await(
        store.compaction().compact(SteppedStore.TABLE, CompactionOptions.defaults()));
  }

  private static void sneak(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) thrown;
  }

  private static void fillAndRemoveMost(SteppedStore store) {
    for (int i = 0; i < KEYS; i++) {
      store.put(i, 0, SteppedStore.NEVER);
    }
    for (int i = 0; i < KEYS; i++) {
      if (i % 4 != 0) {
        assertThat(store.remove(SteppedStore.key(i))).isTrue();
      }
    }
    store.seal();
  }

  private static void checkKept(SteppedStore store) {
    for (int i = 0; i < KEYS; i++) {
      assertThat(store.get(SteppedStore.key(i)))
          .as("key %d", i)
          .isEqualTo(i % 4 == 0 ? SteppedStore.value(i, 0) : null);
    }
  }
}
