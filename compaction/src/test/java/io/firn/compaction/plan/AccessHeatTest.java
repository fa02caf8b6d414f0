// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import static io.firn.compaction.plan.Segments.MIB;
import static io.firn.compaction.plan.Segments.read;
import static io.firn.compaction.plan.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.firn.compaction.SegmentInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How hot files are against each other. */
final class AccessHeatTest {
  private static final long NOW = 1_000_000;
  private static final double EXACT = 1e-9;

  @Test
  void whileNobodyReads_nothingIsHot() {
    assertThat(heats(0, file(1, 10 * MIB, 0), file(2, 20 * MIB, 0))).containsExactly(0.0, 0.0);
    assertThat(AccessHeat.among(List.of(), facts(0)).applyAsDouble(file(1, 10 * MIB, 0))).isZero();
  }

  @Test
  void theOnlyFileThatIsRead_isTheHottest() {
    assertThat(heats(0, file(1, 10 * MIB, 0), read(file(2, 20 * MIB, 0), 61)))
        .containsExactly(0.0, 1.0);
  }

  @Test
  void heat_isReadsPerUsefulByteAndTime() {
    SegmentInfo hot = read(file(1, 10 * MIB, 0), 6_100);
    SegmentInfo half = read(file(2, 10 * MIB, 0), 3_050);
    SegmentInfo larger = read(file(3, 40 * MIB, 0), 6_100);
    SegmentInfo younger = read(file(4, 10 * MIB, NOW / 2), 1_525);
    SegmentInfo partlyExpired = read(segment(5, 64 * MIB, 20 * MIB, 50, 10 * MIB, 0, true), 610);
    List<Double> heats = heats(0, hot, half, larger, younger, partlyExpired);
    assertThat(heats.get(0)).isEqualTo(1.0);
    assertThat(heats.get(1)).isCloseTo(0.5, within(EXACT));
    assertThat(heats.get(2)).isCloseTo(0.25, within(EXACT));
    assertThat(heats.get(3)).isCloseTo(0.5, within(EXACT));
    assertThat(heats.get(4)).isCloseTo(0.1, within(EXACT));
  }

  @Test
  void anOldFile_isNotCold_becauseItIsOlderThanTheCount() {
    SegmentInfo old = read(file(1, 10 * MIB, 0), 610);
    SegmentInfo made = read(file(2, 10 * MIB, NOW - 10_000), 610);
    assertThat(heats(NOW - 10_000, old, made)).containsExactly(1.0, 1.0);
    assertThat(heats(0, old, made).get(0)).isCloseTo(0.01, within(EXACT));
  }

  @Test
  void oneSample_doesNotMakeAnEmptyOrNewFileTheHottest() {
    SegmentInfo hot = read(file(1, MIB, 0), 61_000);
    SegmentInfo emptied = read(file(2, 100, 0), 61);
    SegmentInfo made = read(file(3, MIB, NOW), 61);
    assertThat(heats(0, hot, emptied, made).get(0)).isEqualTo(1.0);
    assertThat(heats(0, hot, emptied, made).get(1)).isCloseTo(0.001, within(EXACT));
    assertThat(heats(NOW + 5, hot, made).get(0)).as("a clock that was set back").isEqualTo(1.0);
  }

  @Test
  void whateverTheFilesAre_heatIsFromZeroToOne_alsoOfOneThatIsNotAmongThem() {
    Random random = new Random(61);
    for (int round = 0; round < 2_000; round++) {
      List<SegmentInfo> files = new ArrayList<>();
      for (int i = random.nextInt(10); i >= 0; i--) {
        files.add(Segments.arbitrary(random, i, 64 * MIB));
      }
      AccessHeat heat = AccessHeat.among(files.subList(1, files.size()), facts(random.nextInt(99)));
      assertThat(files).allSatisfy(f -> assertThat(heat.applyAsDouble(f)).isBetween(0.0, 1.0));
    }
  }

  private static SegmentInfo file(int number, long liveBytes, long createdMillis) {
    return segment(number, 64 * MIB, liveBytes, 50, 0, createdMillis, true);
  }

  private static List<Double> heats(long openedMillis, SegmentInfo... files) {
    AccessHeat heat = AccessHeat.among(List.of(files), facts(openedMillis));
    return List.of(files).stream().map(heat::applyAsDouble).toList();
  }

  private static StoreFacts facts(long openedMillis) {
    return new StoreFacts(0, 0, false, false, NOW, openedMillis);
  }
}
