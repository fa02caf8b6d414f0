// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.agent.Rule;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shows that the simulation notices when a rule of the protocols is broken. */
@Tag("simulation")
final class PlantedBugsTest {
  private static final long SEEDS = 2_000;

  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      mode = EnumSource.Mode.EXCLUDE,
      // broken beside the workers that keep them
      names = {
        "EVICT_AT_LIMIT",
        "MOVE_ALL_THAT_LIVES",
        "COPIES_WITHIN_LIMIT",
        "SURVEY_WHOLE_SEGMENT"
      })
  void aBrokenRule_isFound(Rule rule) {
    assertFound("breaking " + rule, focus(rule), rule, path -> false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wal/", "data/", "index/", "manifest-"})
  void aSkippedForce_isFound(String files) {
    assertFound(
        "skipping forces of " + files, SimulationFocus.POWER, null, path -> path.startsWith(files));
  }

  private static SimulationFocus focus(Rule rule) {
    return switch (rule) {
      case COMPARE_KEY -> SimulationFocus.COLLISIONS;
      case EXPIRE_BY_WALL_TIME,
          EXPIRY_COVERS_LASTING,
          EXPIRY_UNKNOWN_AFTER_REDO,
          SWEEP_HELD_PAGES ->
          SimulationFocus.EXPIRY;
      case CHARGE_EVERY_PAGE, HOLD_WHILE_MOVING -> SimulationFocus.LARGE_VALUES;
      case REUSE_NUMBER_AFTER_SWEEP -> SimulationFocus.NUMBERS;
      case RELEASE_AFTER_EPOCHS -> SimulationFocus.READERS;
      case REPAIR_CARRIED, REPAIR_CURRENT_ONLY, FORCE_BEFORE_FRAME, FORCE_BEFORE_SEALED ->
          SimulationFocus.SYNC;
      case KEEP_RESERVE -> SimulationFocus.FULL_DISK;
      default -> SimulationFocus.POWER;
    };
  }

  private static void assertFound(
      String what, SimulationFocus focus, @Nullable Rule rule, Predicate<String> skipped) {
    for (long seed = 0; seed < SEEDS; seed++) {
      String complaint = complaint(seed, focus, rule, skipped);
      if (complaint != null) {
        assertThat(complaint(seed, focus, null, path -> false))
            .as("seed %d without the bug", seed)
            .isNull();
        System.out.println("planted bug: " + what + " is found by seed " + seed);
        return;
      }
    }
    throw new AssertionError(what + " is not found in " + SEEDS + " seeds");
  }

  private static @Nullable String complaint(
      long seed, SimulationFocus focus, @Nullable Rule rule, Predicate<String> skipped) {
    try {
      SimulationRun.plant(seed, focus, new SimulationTotals(), rule, skipped);
      return null;
    } catch (AssertionError | RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
