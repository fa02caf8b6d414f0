// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.agent.Rule;
import io.firn.cold.engine.SimulationFocus;
import io.firn.cold.engine.StoreSimulation;
import io.firn.compaction.JobKind;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation of the store with the scheduler and the workers on its seeded thread. */
@Tag("simulation")
final class CompactionSimulationTest {
  private static final long SEEDS_OF_BUGS = 1000;

  /** A seed with all the jobs takes several times as long as the engine's alone. */
  private static final long SHARE_OF_SEEDS = 5;

  /** And one of a store at its limit several times as long as that. */
  private static final long SHARE_OF_LIMITED_SEEDS = 25;

  private final SimulatedCompaction.Totals totals = new SimulatedCompaction.Totals();

  @Test
  void theStoreIsAPrefixOfWhatWasDone_whileItIsCompacted() {
    Long single = Long.getLong("firn.sim.seed");
    if (single != null) {
      assertThat(complaint(single, null)).isNull();
      return;
    }
    LongStream.range(0, Long.getLong("firn.sim.seeds", 1000) / SHARE_OF_SEEDS)
        .parallel()
        .forEach(seed -> assertThat(complaint(seed, null)).as("seed %d", seed).isNull());
    System.out.println("simulation with compaction: " + totals);
    assertThat(totals.completed.get(JobKind.FILES)).isPositive();
    assertThat(totals.completed.get(JobKind.EXPIRY)).isPositive();
    assertThat(totals.surveyed).isPositive();
    assertThat(totals.abandoned).isPositive();
    assertThat(totals.resumed).isPositive();
    assertThat(totals.gaveWay).isPositive();
  }

  @Test
  void aStoreAtItsLimit_makesRoomForEveryPut_andNeverTakesMore() {
    Long single = Long.getLong("firn.sim.seed");
    long wanted = Long.getLong("firn.sim.seeds", 1000);
    LongStream seeds =
        single != null
            ? LongStream.of(single)
            : LongStream.range(0, wanted / SHARE_OF_LIMITED_SEEDS);
    seeds.parallel().forEach(seed -> assertThat(limited(seed, null)).as("seed %d", seed).isNull());
    if (single == null) {
      System.out.println("simulation of a store at its limit: " + totals);
      assertThat(totals.completed.get(JobKind.FILES)).isPositive();
      assertThat(totals.completed.get(JobKind.EVICTION)).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      names = {"LOG_REMOVALS", "REMOVE_WHAT_WAS_FOUND", "COPIES_WITHIN_LIMIT"})
  void aBrokenRuleOfTheLimit_isFound(Rule rule) {
    isFound(rule, this::limited);
  }

  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      names = {
        "EVICT_AT_LIMIT",
        "MOVE_ALL_THAT_LIVES",
        "RELOCATE_AFTER_FORCE",
        "EXPIRY_COVERS_LASTING",
        "EXPIRY_UNKNOWN_AFTER_REDO",
        "SURVEY_WHOLE_SEGMENT"
      })
  void aBrokenRule_isFound(Rule rule) {
    isFound(rule, this::complaint);
  }

  /** Runs a seed with a rule broken, null for none; tells what is wrong. */
  @FunctionalInterface
  private interface Run {
    @Nullable String complaint(long seed, @Nullable Rule broken);
  }

  private static void isFound(Rule rule, Run run) {
    for (long seed = 0; seed < SEEDS_OF_BUGS; seed++) {
      if (run.complaint(seed, rule) != null) {
        assertThat(run.complaint(seed, null)).as("seed %d without the bug", seed).isNull();
        System.out.println("planted bug: breaking " + rule + " is found by seed " + seed);
        return;
      }
    }
    throw new AssertionError(rule + " is not found in " + SEEDS_OF_BUGS + " seeds");
  }

  private @Nullable String complaint(long seed, @Nullable Rule broken) {
    return StoreSimulation.complaint(
        seed, SimulationFocus.NONE, SimulatedCompaction.counting(totals, seed), broken);
  }

  private @Nullable String limited(long seed, @Nullable Rule broken) {
    return StoreSimulation.complaint(
        seed, SimulationFocus.LIMIT, SimulatedCompaction.steady(totals, seed), broken);
  }

  @Test
  void aSeed_runsTheSameWayTwice() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(story(seed)).isEqualTo(story(seed));
    }
  }

  private String story(long seed) {
    return StoreSimulation.story(seed, SimulatedCompaction.counting(totals, seed));
  }
}
