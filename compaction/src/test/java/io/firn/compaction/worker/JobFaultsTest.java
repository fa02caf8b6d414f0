// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.DiskFullException;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobRecord;
import io.firn.compaction.worker.FaultyStore.Trouble;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs whose disk fails, fills up or is gone at one call after another: nothing is lost. */
final class JobFaultsTest {
  private static final int KEYS = 400;
  private static final long LIFE_MILLIS = 60_000;
  private static final long LARGE = 64L << 20;
  private static final long SMALL = 1L << 20;

  /** One call in so many fails, one in two where the simulation runs its 10,000 seeds. */
  private static final long STRIDE = Math.max(1, 20_000 / Long.getLong("firn.sim.seeds", 1000));

  static Stream<Arguments> jobsAndTroubles() {
    return Stream.of(JobKind.FILES, JobKind.EXPIRY, JobKind.EVICTION)
        .flatMap(kind -> Stream.of(Trouble.values()).map(trouble -> Arguments.of(kind, trouble)));
  }

  @ParameterizedTest
  @MethodSource("jobsAndTroubles")
  void aJobInTrouble_isRolledBackAndRetried_andNothingIsLost(JobKind kind, Trouble trouble) {
    FaultyStore well = filled(kind);
    long before = well.dataBytes();
    well.begin(null, 0);
    well.goOn(mostDataBytes(kind, before));
    assertThat(well.ended()).isNotEmpty().allMatch(job -> job.outcome() == JobOutcome.COMPLETED);
    assertThat(well.ended()).anyMatch(job -> job.kind() == kind && job.files() > 0);
    long calls = well.calls();
    assertThat(calls).isGreaterThan(10);
    int failed = 0;
    int runs = 0;
    for (long call = 1; call <= calls; call += STRIDE) {
      FaultyStore store = filled(kind);
      store.begin(trouble, call);
      try {
        store.goOn(mostDataBytes(kind, before));
      } catch (Error | RuntimeException e) {
        throw new AssertionError(kind + " with " + trouble + " at call " + call + ": " + e, e);
      }
      assertThat(store.isTroubled()).as("call %d of %d", call, calls).isTrue();
      runs++;
      List<JobRecord> ended = store.ended();
      failed += (int) ended.stream().filter(job -> job.outcome() == JobOutcome.FAILED).count();
    }
    System.out.printf(
        "%s with %s: %d of %d calls, %d jobs failed%n", kind, trouble, runs, calls, failed);
    // What is evicted needs no room.
    boolean fails =
        trouble != Trouble.POWER
            && trouble != Trouble.PROCESS
            && !(kind == JobKind.EVICTION && trouble == Trouble.FULL);
    assertThat(failed > 0).isEqualTo(fails);
  }

  private static FaultyStore filled(JobKind kind) {
    return switch (kind) {
      case FILES -> withRemovedKeys();
      case EXPIRY -> withExpiredKeys();
      default -> withoutRoom();
    };
  }

  private static FaultyStore withRemovedKeys() {
    FaultyStore store = new FaultyStore(JobKind.FILES, LARGE);
    for (int i = 0; i < KEYS; i++) {
      store.put(i, 0, SteppedStore.NEVER);
    }
    for (int i = 0; i < KEYS; i += 3) {
      store.put(i, 1, SteppedStore.NEVER);
    }
    for (int i = 0; i < KEYS; i++) {
      if (i % 4 != 0) {
        store.remove(i);
      }
    }
    store.store().seal();
    return store;
  }

  private static FaultyStore withExpiredKeys() {
    FaultyStore store = new FaultyStore(JobKind.EXPIRY, LARGE);
    long expiresAt = store.store().space().wallMillis() + LIFE_MILLIS;
    for (int i = 0; i < KEYS; i++) {
      store.put(i, 0, i < KEYS / 6 ? SteppedStore.NEVER : expiresAt);
    }
    store.store().seal();
    store.store().time().advance(LIFE_MILLIS * 1_000_000);
    store.expired(KEYS / 6, KEYS);
    return store;
  }

  private static FaultyStore withoutRoom() {
    FaultyStore store = new FaultyStore(JobKind.EVICTION, SMALL);
    try {
      for (int i = 0; ; i++) {
        store.put(i, 0, SteppedStore.NEVER);
      }
    } catch (DiskFullException e) {
      assertThat(store.dataBytes()).isGreaterThan(SMALL / 4);
    }
    store.store().seal();
    store.mayEvict();
    return store;
  }

  /** Returns what a job brings the data files down to. */
  private static long mostDataBytes(JobKind kind, long before) {
    return kind == JobKind.EVICTION ? before - SteppedStore.SEGMENT_BYTES : before / 2;
  }
}
