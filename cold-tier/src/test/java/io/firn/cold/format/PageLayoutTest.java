// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageLayoutTest {
  private static final int PAGES = 6;

  /** One flag per byte of a file: whether it is data. */
  private static boolean[] model(int pageBytes) {
    boolean[] data = new boolean[PAGES * pageBytes];
    for (int page = 0; page < PAGES; page++) {
      int headers = page == 0 ? 96 : 32;
      Arrays.fill(data, page * pageBytes + headers, (page + 1) * pageBytes, true);
    }
    return data;
  }

  private static int naiveEnd(boolean[] data, int offset, int recordBytes) {
    int at = offset;
    for (int left = recordBytes; left > 0; at++) {
      left -= data[at] ? 1 : 0;
    }
    return at;
  }

  @Test
  void agreesWithAByteByByteModel() throws IOException {
    Random random = new Random(20261121);
    for (int round = 0; round < 400; round++) {
      int pageBytes = round % 3 == 0 ? 512 << random.nextInt(8) : 512 + random.nextInt(65_025);
      boolean[] data = model(pageBytes);
      PageLayout layout = new PageLayout(pageBytes);
      int page = random.nextInt(2);
      int first = (int) layout.firstByteOf(page);
      int offset = first + random.nextInt((page + 1) * pageBytes - first);
      int recordBytes = 1 + random.nextInt(4 * (pageBytes - 32) - 64);
      checkRecord(layout, data, offset, recordBytes);
    }
  }

  private static void checkRecord(PageLayout layout, boolean[] data, int offset, int recordBytes)
      throws IOException {
    String shape = layout.pageBytes() + " bytes a page, " + recordBytes + " at " + offset;
    int end = naiveEnd(data, offset, recordBytes);
    int pageBytes = layout.pageBytes();
    assertThat(layout.endOf(offset, recordBytes)).as(shape).isEqualTo(end);
    assertThat(layout.physicalBytes(offset, recordBytes)).as(shape).isEqualTo(end - offset);
    assertThat(layout.pageOf(offset)).as(shape).isEqualTo(offset / pageBytes);
    assertThat(layout.pagesTouched(offset, recordBytes))
        .as(shape)
        .isEqualTo((end - 1) / pageBytes - offset / pageBytes + 1);

    byte[] physical = new byte[end - offset];
    byte[] logical = new byte[recordBytes];
    int filled = 0;
    for (int at = offset; at < end; at++) {
      physical[at - offset] = data[at] ? (byte) (filled * 31) : (byte) 0xEE;
      filled += data[at] ? 1 : 0;
    }
    for (int i = 0; i < recordBytes; i++) {
      logical[i] = (byte) (i * 31);
    }
    byte[] scattered = new byte[physical.length];
    Arrays.fill(scattered, (byte) 0xEE);
    layout.forEachPiece(
        offset,
        recordBytes,
        (at, from, length) ->
            System.arraycopy(logical, from, scattered, (int) at - offset, length));
    assertThat(Arrays.equals(scattered, physical)).as(shape).isTrue();

    layout.join(physical, recordBytes, offset);
    assertThat(Arrays.equals(physical, 0, recordBytes, logical, 0, recordBytes)).as(shape).isTrue();
  }

  @Test
  void aRecordThatFillsItsPageEndsAtTheBorder() {
    PageLayout layout = new PageLayout(512);

    assertThat(layout.endOf(96, 416)).isEqualTo(512);
    assertThat(layout.endOf(96, 417)).isEqualTo(545);
    assertThat(layout.pagesTouched(96, 416)).isEqualTo(1);
    assertThat(layout.pagesTouched(96, 417)).isEqualTo(2);
    assertThat(layout.endOf(544, 480)).isEqualTo(1024);
    assertThat(layout.endOf(544, 960)).isEqualTo(1536);
    assertThat(layout.endOf(200, 0)).isEqualTo(200);
  }

  @Test
  void theNextRecordSkipsTheHeaderAtABorderOnly() {
    PageLayout layout = new PageLayout(512);

    assertThat(layout.nextRecordOffset(511)).isEqualTo(511);
    assertThat(layout.nextRecordOffset(512)).isEqualTo(544);
    assertThat(layout.nextRecordOffset(0)).isEqualTo(96);
  }

  @Test
  void namesTheParts() {
    PageLayout layout = new PageLayout(16_384);

    assertThat(layout.firstByteOf(0)).isEqualTo(96);
    assertThat(layout.firstByteOf(2)).isEqualTo(32_800);
    assertThat(layout.headerOf(0)).isEqualTo(64);
    assertThat(layout.headerOf(2)).isEqualTo(32_768);
    assertThat(layout.dataBytesOf(0)).isEqualTo(16_288);
    assertThat(layout.dataBytesOf(1)).isEqualTo(16_352);
    assertThat(layout.dataBytes(0, 3)).isEqualTo(16_288 + 2 * 16_352);
    assertThat(layout.dataBytes(1, 3)).isEqualTo(3 * 16_352);
    assertThat(layout.dataBytes(0, 0)).isZero();
  }

  @Test
  void offsetsNearTheLargestSegmentDoNotOverflow() {
    PageLayout layout = new PageLayout(16_384);
    long offset = layout.firstByteOf(1);
    int bytes = (1 << 29) - (1 << 21);

    long full = (bytes - 1L) / 16_352;
    assertThat(layout.endOf(offset, bytes)).isEqualTo(offset + bytes + full * 32);
  }

  @Test
  void joinLeavesACopyInsideOnePageAlone() {
    byte[] copy = {1, 2, 3, 4};
    new PageLayout(512).join(copy, 4, 508);

    assertThat(copy).containsExactly(1, 2, 3, 4);
  }

  @Test
  void joinLeavesWhatStandsBehindTheRecord() {
    byte[] copy = new byte[4 + 32 + 3];
    copy[3] = 1;
    copy[36] = 2;
    copy[38] = 3;
    new PageLayout(512).join(copy, 5, 508);

    assertThat(copy[3]).isEqualTo((byte) 1);
    assertThat(copy[4]).isEqualTo((byte) 2);
    assertThat(copy[38]).isEqualTo((byte) 3);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 63, 95, 512, 543})
  void aRecordCannotStartInAHeader(long offset) {
    PageLayout layout = new PageLayout(512);

    assertThatThrownBy(() -> layout.endOf(offset, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("offset " + offset);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 511, 65_537})
  void aPageHasASizeBetweenTheLimits(int pageBytes) {
    assertThatThrownBy(() -> new PageLayout(pageBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(pageBytes));
  }
}
