// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DocumentsTest {
  private static final int ENTRIES = 50_000;

  private final Documents documents = new Documents(1, Documents.MIXED);

  @Test
  void sizesAreLogNormalWithTheStatedMedianAndMean() {
    int[] sizes =
        IntStream.range(0, ENTRIES).map(i -> documents.value(i).length).sorted().toArray();

    assertThat(sizes[ENTRIES / 2]).isCloseTo(300, within(20));
    assertThat(Arrays.stream(sizes).average().orElseThrow()).isCloseTo(1_000, within(100.0));
    assertThat(sizes[0]).isGreaterThanOrEqualTo(Documents.SMALLEST_BYTES);
    assertThat(sizes[ENTRIES - 1]).isLessThanOrEqualTo(Documents.LARGEST_BYTES);
  }

  @Test
  void keysAreDistinctAndOutOfOrder() {
    Set<String> keys = new HashSet<>();
    int ascents = 0;
    String before = "";
    for (int i = 0; i < ENTRIES; i++) {
      String key = new String(documents.key(i), StandardCharsets.ISO_8859_1);
      assertThat(key).hasSize(21);
      keys.add(key);
      ascents += key.compareTo(before) > 0 ? 1 : 0;
      before = key;
    }

    assertThat(keys).hasSize(ENTRIES);
    assertThat(ascents).isBetween(ENTRIES * 4 / 10, ENTRIES * 6 / 10);
  }

  @Test
  void anotherProcessWithTheSameSeedKnowsWhatAnEntryHolds() {
    Documents other = new Documents(1, Documents.MIXED);

    assertThat(other.key(12_345)).isEqualTo(documents.key(12_345));
    assertThat(other.value(12_345)).isEqualTo(documents.value(12_345));
    assertThat(other.matches(12_345, documents.value(12_345))).isTrue();
  }

  @Test
  void tellsAnotherEntrysValueFromTheRightOneAlsoAtTheSameSize() {
    Documents small = new Documents(1, 32);

    assertThat(small.value(7)).hasSameSizeAs(small.value(8));
    assertThat(small.matches(7, small.value(8))).isFalse();
    assertThat(small.matches(7, Arrays.copyOf(small.value(7), 31))).isFalse();
  }
}
