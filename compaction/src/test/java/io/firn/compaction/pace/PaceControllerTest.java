// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The controller against a store that is simulated, where effects come a second late. */
final class PaceControllerTest {
  private static final double MB = 1e6;
  private static final PaceSettings SETTINGS = PaceSettings.defaults();
  private static final double BAND = 0.20;
  private static final double STEP_AT = 30;
  private static final double SETTLED_AT = 60;
  private static final double END = 150;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void pace_convergesAfterAStepLoadAndDoesNotOscillate(long seed) {
    assertThat(fault(new Real(SETTINGS), seed)).isEmpty();
    assertThat(fault(new Real(SETTINGS.withWantedDebt((long) (400 * MB))), seed)).isEmpty();
  }

  /**
   * Free space lasts for less than the scarce time throughout, so that both of its effects show.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void pace_convergesAlsoWhereSpaceIsScarce(long seed) {
    Plant plant = new Plant(4);
    plant.limitBytes = 1_000 * MB;
    assertThat(fault(plant, new Real(SETTINGS), seed)).isEmpty();
  }

  @Test
  void check_findsAControllerWithTooMuchGainForTheDelay() {
    Plant.Controller hasty =
        reading ->
            Math.min(
                (double) SETTINGS.ceilingBytesPerSecond(),
                5.0 * reading.debtBytes() * reading.cost());
    assertThat(fault(hasty, 1)).contains("pace leaves the band");
  }

  @Test
  void check_findsAControllerThatDoesNotKeepUp() {
    assertThat(fault(reading -> 60 * MB, 1)).contains("does not keep up");
  }

  private static double load(double seconds) {
    return seconds < STEP_AT ? 8 * MB : 40 * MB;
  }

  /** Returns what is wrong with how a controller takes a step of the load; empty if nothing is. */
  private static String fault(Plant.Controller controller, long seed) {
    return fault(new Plant(4), controller, seed);
  }

  private static String fault(Plant plant, Plant.Controller controller, long seed) {
    List<Plant.Sample> settled =
        plant.run(controller, END, PaceControllerTest::load, new Random(seed)).stream()
            .filter(sample -> sample.seconds() >= SETTLED_AT)
            .toList();
    double needed = 40 * MB * plant.cost;
    double mean = mean(settled, Plant.Sample::pace);
    if (mean < needed * (1 - BAND / 2)) {
      return "does not keep up: " + mean + " of " + needed;
    }
    if (leaves(settled, Plant.Sample::pace, needed)) {
      return "pace leaves the band around " + needed;
    }
    double debt = mean(settled, Plant.Sample::debtBytes);
    return leaves(settled, Plant.Sample::debtBytes, debt) ? "debt is not held at " + debt : "";
  }

  private static boolean leaves(
      List<Plant.Sample> samples, ToDoubleFunction<Plant.Sample> value, double middle) {
    return samples.stream()
        .anyMatch(sample -> Math.abs(value.applyAsDouble(sample) - middle) > BAND * middle);
  }

  private static double mean(List<Plant.Sample> samples, ToDoubleFunction<Plant.Sample> value) {
    return samples.stream().mapToDouble(value).average().orElseThrow();
  }

  @Test
  void debt_isHeldAtTheWantedOneWhereThatIsMoreThanWhatIsConsumedMeanwhile() {
    Plant plant = new Plant(4);
    Real real = new Real(SETTINGS.withWantedDebt((long) (400 * MB)));
    List<Plant.Sample> samples = plant.run(real, END, PaceControllerTest::load, new Random(1));
    assertThat(samples.get(samples.size() - 1).debtBytes()).isBetween(360 * MB, 440 * MB);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.6, 1.5})
  void debt_comesToRestWithAWrongCost(double error) {
    Plant plant = new Plant(4);
    plant.believedCost = 4 * error;
    List<Plant.Sample> samples =
        plant.run(new Real(SETTINGS), END, PaceControllerTest::load, new Random(1));
    List<Plant.Sample> settled = samples.subList(samples.size() / 2, samples.size());
    double mean = mean(settled, Plant.Sample::debtBytes);
    assertThat(mean).isBetween(10 * MB, 400 * MB);
    assertThat(leaves(settled, Plant.Sample::debtBytes, mean)).isFalse();
  }

  @Test
  void debt_isGoneSoonAfterTheWritersAre() {
    Plant plant = new Plant(2);
    plant.debtBytes = 500 * MB;
    List<Plant.Sample> samples = plant.run(new Real(SETTINGS), 30, now -> 0, new Random(1));
    Plant.Sample end = samples.get(samples.size() - 1);
    assertThat(end.debtBytes()).isLessThan(5 * MB);
    assertThat(samples).allMatch(sample -> sample.pace() <= SETTINGS.ceilingBytesPerSecond());
  }

  @Test
  void readers_restrainThePaceToTheirLimitWithoutOscillation() {
    Plant plant = new Plant(4);
    plant.debtBytes = 4_000 * MB;
    plant.slowdownAtFullPace = 3;
    List<Plant.Sample> samples = plant.run(new Real(SETTINGS), 60, now -> 8 * MB, new Random(1));
    assertThat(samples.subList(250, samples.size()))
        .allMatch(sample -> sample.latencyRatio() > 1.5 * 0.8)
        .allMatch(sample -> sample.latencyRatio() < 1.5 * 1.2);
  }

  @Test
  void scarceSpace_goesBeforeReaders() {
    PaceReading slow = reading(1_000 * MB, 1e12, 20 * MB, 9);
    PaceReading slowAndScarce = reading(1_000 * MB, 100 * MB, 20 * MB, 9);
    assertThat(settle(slowAndScarce)).isGreaterThan(4 * settle(slow));
    PaceReading full = reading(1, 0, 0, 9);
    assertThat(settle(full)).isEqualTo(SETTINGS.ceilingBytesPerSecond());
  }

  @Test
  void scarceSpace_makesItFasterAndFasterTheLessThereIs() {
    long before = 0;
    for (double free : new double[] {1e12, 500 * MB, 200 * MB, 50 * MB}) {
      long pace = settle(reading(200 * MB, free, 20 * MB, 1));
      assertThat(pace).isGreaterThan(before);
      before = pace;
    }
  }

  @Test
  void pace_isNothingWithoutDebtAndTheFloorWithLittle() {
    assertThat(settle(reading(0, 1e12, 20 * MB, 1))).isZero();
    assertThat(settle(reading(1, 1e12, 0, 1))).isEqualTo(SETTINGS.floorBytesPerSecond());
    assertThat(settle(reading(1e12, 1e12, 0, 50))).isGreaterThan(SETTINGS.floorBytesPerSecond());
  }

  @Test
  void step_withoutTimeChangesNothing() {
    PaceState state = new PaceState(7, 3, 0.5);
    PaceReading now = new PaceReading(Duration.ZERO, 10, 10, 10, 1, 1);
    assertThat(PaceController.next(state, now, SETTINGS)).isEqualTo(state);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void pace_staysWithinItsBoundsForAnyReadings(long seed) {
    Random random = new Random(seed);
    PaceState state = PaceState.initial();
    for (int i = 0; i < 20_000; i++) {
      PaceReading reading =
          new PaceReading(
              Duration.ofNanos(random.nextLong() >>> (2 + random.nextInt(60))),
              random.nextLong() >>> (1 + random.nextInt(62)),
              random.nextLong() >>> (1 + random.nextInt(62)),
              random.nextLong() >>> (1 + random.nextInt(62)),
              1 + random.nextDouble() * 1_000,
              random.nextDouble() * random.nextInt(100));
      state = PaceController.next(state, reading, SETTINGS);
      assertThat(state.bytesPerSecond()).isBetween(0L, SETTINGS.ceilingBytesPerSecond());
      assertThat(state.restraint()).isBetween(0.0, 1.0).isPositive();
      assertThat(state.consumedPerSecond()).isNotNegative().isFinite();
    }
  }

  @Test
  void settings_andReadingsRefuseWhatCannotBe() {
    assertThat(SETTINGS.withCeiling(1 << 20).floorBytesPerSecond()).isEqualTo(1 << 20);
    assertThatThrownBy(() -> SETTINGS.withCeiling(0)).hasMessageContaining("floor 0");
    assertThatThrownBy(() -> SETTINGS.withWantedDebt(-1)).hasMessageContaining("wantedDebtBytes");
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new PaceSettings(1, 1, 0, Duration.ZERO, second, 1.5))
        .hasMessageContaining("catchUp");
    assertThatThrownBy(() -> new PaceSettings(1, 1, 0, second, second, 0.5))
        .hasMessageContaining("latencyLimit");
    assertThatThrownBy(() -> new PaceReading(second, -1, 0, 0, 1, 1)).hasMessageContaining("debt");
    assertThatThrownBy(() -> new PaceReading(second, 0, 0, 0, Double.NaN, 1))
        .hasMessageContaining("cost");
    assertThatThrownBy(() -> new PaceReading(second, 0, 0, 0, 1, -1))
        .hasMessageContaining("latency");
  }

  private static PaceReading reading(double debt, double free, double consumed, double latency) {
    return new PaceReading(
        Duration.ofSeconds(1), (long) debt, (long) free, (long) consumed, 1, latency);
  }

  private static long settle(PaceReading reading) {
    PaceState state = PaceState.initial();
    for (int i = 0; i < 60; i++) {
      state = PaceController.next(state, reading, SETTINGS);
    }
    return state.bytesPerSecond();
  }

  /** The controller with the state that it wants kept. */
  private static final class Real implements Plant.Controller {
    private final PaceSettings settings;
    private PaceState state = PaceState.initial();

    Real(PaceSettings settings) {
      this.settings = settings;
    }

    @Override
    public double pace(PaceReading reading) {
      state = PaceController.next(state, reading, settings);
      return state.bytesPerSecond();
    }
  }
}
