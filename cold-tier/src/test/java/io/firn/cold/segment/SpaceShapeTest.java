// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.Address;
import org.junit.jupiter.api.Test;

/** How large files are, and how many streams a table has. */
final class SpaceShapeTest {
  private static final long MEBIBYTE = 1 << 20;

  private static SpaceShape shape(int streams, int segmentsPerStream) {
    return new SpaceShape(
        16 << 10,
        MEBIBYTE,
        64 * MEBIBYTE,
        Address.MAX_SEGMENT,
        64,
        128 << 10,
        streams,
        segmentsPerStream);
  }

  @Test
  void files_areSmallSharesOfTheLiveBytes() {
    SpaceShape shape = shape(10, 8);
    assertThat(shape.segmentBytes(0)).isEqualTo(MEBIBYTE);
    assertThat(shape.segmentBytes(255 * MEBIBYTE)).isEqualTo(MEBIBYTE);
    assertThat(shape.segmentBytes(256 * MEBIBYTE)).isEqualTo(2 * MEBIBYTE);
    assertThat(shape.segmentBytes(1L << 50)).isEqualTo(64 * MEBIBYTE);
  }

  @Test
  void aStream_isOpenedWhenThereAreFilesEnoughForIt() {
    SpaceShape shape = shape(10, 8);
    assertThat(shape.lifespanStreams(39 * MEBIBYTE)).isZero();
    assertThat(shape.lifespanStreams(40 * MEBIBYTE)).isEqualTo(2);
    assertThat(shape.writeStreams(15 * MEBIBYTE)).isEqualTo(1);
    assertThat(shape.writeStreams(16 * MEBIBYTE)).isEqualTo(2);
    assertThat(shape.writeStreams(400 * MEBIBYTE)).isEqualTo(6);
    assertThat(shape.survivorStreams(15 * MEBIBYTE)).isEqualTo(1);
    assertThat(shape.survivorStreams(16 * MEBIBYTE)).isEqualTo(2);
  }

  @Test
  void streams_addUpToTheMost() {
    for (int most = 2; most <= 12; most++) {
      SpaceShape shape = shape(most, 0);
      assertThat(shape.writeStreams() + shape.lifespanStreams() + shape.survivorStreams())
          .isEqualTo(most);
      assertThat(shape.lifespanStreams(1)).isEqualTo(most < 8 ? 0 : 2);
      assertThat(shape.writeStreams(1)).isEqualTo(shape.writeStreams());
    }
  }

  @Test
  void everySurvivorStream_hasTwoSegmentsKept() {
    SpaceShape shape = shape(10, 8);
    assertThat(shape.evacuationBytes(0)).isZero();
    assertThat(shape.evacuationBytes(1)).isEqualTo(2 * MEBIBYTE);
    assertThat(shape.evacuationBytes(256 * MEBIBYTE)).isEqualTo(8 * MEBIBYTE);
  }
}
