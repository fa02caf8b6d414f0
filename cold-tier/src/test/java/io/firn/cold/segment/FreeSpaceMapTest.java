// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class FreeSpaceMapTest {
  private final FreeSpaceMap map = new FreeSpaceMap(512);

  @Test
  void emptyMap_findsNothing() {
    assertThat(map.findBestFit(1)).isNull();
    assertThat(map.largestFree(1)).isNull();
    assertThat(map.mostReclaimableSegment()).isEqualTo(-1);
    assertThat(map.mostReclaimablePage()).isNull();
    assertThat(map.figures()).isEqualTo(new FreeSpaceMap.Figures(0, 0, 0, 0, 0, 0));
  }

  @Test
  void freedNeighbours_becomeOneRun() {
    map.addUsedSegment(1, 0, 10);
    map.free(1, 2, 2);
    map.free(1, 6, 2);
    assertThat(map.largestFree(1)).isEqualTo(new PageRun(1, 6, 2));
    map.free(1, 4, 2);
    assertThat(map.largestFree(1)).isEqualTo(new PageRun(1, 2, 6));
    map.free(1, 0, 2);
    map.free(1, 8, 2);
    assertThat(map.findBestFit(10)).isEqualTo(new PageRun(1, 0, 10));
    assertThat(map.freePages(1)).isEqualTo(10);
  }

  @Test
  void claim_leavesWhatIsBeforeAndBehind() {
    map.addSegment(1, 0, 10);
    map.claim(new PageRun(1, 3, 4));
    assertThat(map.freePages(1)).isEqualTo(6);
    assertThat(map.findBestFit(4)).isNull();
    map.claim(new PageRun(1, 0, 3));
    map.claim(new PageRun(1, 9, 1));
    assertThat(map.findBestFit(1)).isEqualTo(new PageRun(1, 7, 2));
  }

  @Test
  void longRuns_areThoseOfTheClass_ofThePreferredSegmentFirst() {
    map.addUsedSegment(1, 5, 40);
    map.addUsedSegment(2, 5, 40);
    map.addUsedSegment(3, 7, 40);
    map.free(1, 0, 12);
    map.free(2, 8, 4);
    map.free(3, 0, 30);
    assertThat(map.longRunOf(5, 2, 4)).isEqualTo(new PageRun(2, 8, 4));
    assertThat(map.longRunOf(5, 2, 5)).isEqualTo(new PageRun(1, 0, 12));
    assertThat(map.longRunOf(5, 3, 5)).isEqualTo(new PageRun(1, 0, 12));
    assertThat(map.longRunOf(5, 0, 13)).isNull();
    assertThat(map.longRunOf(6, 0, 1)).isNull();
    assertThat(map.longestRun()).isEqualTo(new PageRun(3, 0, 30));
    map.removeSegment(3);
    assertThat(map.longRunOf(7, 3, 1)).isNull();
    assertThat(map.longestRun()).isEqualTo(new PageRun(1, 0, 12));
    map.claim(new PageRun(1, 4, 4));
    map.claim(new PageRun(2, 8, 4));
    assertThat(map.longRunOf(5, 1, 4)).matches(run -> run.segment() == 1 && run.pages() == 4);
    assertThat(map.longRunOf(5, 1, 5)).isNull();
  }

  @Test
  void bestFit_prefersSegmentsWhoseFreePagesAreInOnePiece() {
    map.addUsedSegment(1, 0, 20);
    map.free(1, 0, 3);
    map.free(1, 10, 3);
    map.addUsedSegment(2, 0, 20);
    map.free(2, 5, 8);
    assertThat(map.findBestFit(3)).isEqualTo(new PageRun(2, 5, 8));
    map.claim(new PageRun(2, 5, 6));
    assertThat(map.findBestFit(3)).matches(run -> run.segment() == 1);
    map.claim(new PageRun(1, 0, 3));
    assertThat(map.findBestFit(2)).isEqualTo(new PageRun(2, 11, 2));
  }

  @Test
  void bestFit_takesTheShortestRunThatIsLongEnough() {
    for (int segment = 1; segment <= 12; segment++) {
      map.addUsedSegment(segment, 0, 20);
      map.free(segment, 3, segment);
    }
    for (int pages = 1; pages <= 12; pages++) {
      assertThat(map.findBestFit(pages)).isEqualTo(new PageRun(pages, 3, pages));
    }
    assertThat(map.findBestFit(13)).isNull();
  }

  @Test
  void bestFit_findsTheExactRunOfASharedCategory() {
    map.addSegment(1, 0, 1_000);
    assertThat(map.findBestFit(1_000)).isEqualTo(new PageRun(1, 0, 1_000));
    map.claim(new PageRun(1, 500, 1));
    assertThat(map.findBestFit(499)).matches(run -> run.pages() >= 499);
    assertThat(map.findBestFit(501)).isNull();
  }

  @Test
  void largestFree_staysWithThePreferredSegmentUntilItIsFull() {
    map.addUsedSegment(1, 0, 10);
    map.free(1, 1, 2);
    map.addSegment(2, 0, 10);
    assertThat(map.largestFree(1)).isEqualTo(new PageRun(1, 1, 2));
    map.claim(new PageRun(1, 1, 2));
    assertThat(map.largestFree(1)).isEqualTo(new PageRun(2, 0, 10));
    assertThat(map.largestFree(99)).isEqualTo(new PageRun(2, 0, 10));
  }

  @Test
  void removedSegment_isGoneFromEveryLookup() {
    map.addSegment(1, 0, 10);
    map.claim(new PageRun(1, 0, 5));
    map.setReclaimable(1, 2, 100);
    assertThat(map.contains(1)).isTrue();
    map.removeSegment(1);
    assertThat(map.contains(1)).isFalse();
    assertThat(map.findBestFit(1)).isNull();
    assertThat(map.largestFree(1)).isNull();
    assertThat(map.mostReclaimableSegment()).isEqualTo(-1);
    assertThat(map.mostReclaimablePage()).isNull();
    assertThat(map.figures().totalBytes()).isZero();
    map.addSegment(1, 0, 3);
    assertThat(map.findBestFit(3)).isEqualTo(new PageRun(1, 0, 3));
  }

  @Test
  void reclaimableBytes_leadToTheWorstPageAndSegment() {
    map.addUsedSegment(1, 0, 4);
    map.addUsedSegment(2, 0, 4);
    map.setReclaimable(1, 0, 400);
    map.setReclaimable(2, 1, 300);
    map.setReclaimable(2, 2, 300);
    assertThat(map.mostReclaimableSegment()).isEqualTo(2);
    assertThat(map.mostReclaimablePage()).isEqualTo(new PageRun(1, 0, 1));
    assertThat(map.reclaimableBytes(2)).isEqualTo(600);
    assertThat(map.reclaimableBytes(2, 1)).isEqualTo(300);
    map.free(1, 0, 1);
    assertThat(map.reclaimableBytes(1)).isZero();
    assertThat(map.mostReclaimablePage()).matches(page -> page.segment() == 2);
  }

  @Test
  void figures_countBytes() {
    map.addUsedSegment(1, 0, 10);
    map.free(1, 0, 2);
    map.free(1, 5, 1);
    map.addUsedSegment(2, 0, 10);
    map.free(2, 4, 3);
    map.setReclaimable(2, 0, 256);
    FreeSpaceMap.Figures figures = map.figures();
    assertThat(figures.totalBytes()).isEqualTo(20 * 512);
    assertThat(figures.totalFreeBytes()).isEqualTo(6 * 512);
    assertThat(figures.largestContiguousBytes()).isEqualTo(3 * 512);
    assertThat(figures.reclaimableBytes()).isEqualTo(256);
    assertThat(figures.averageUtilisation()).isCloseTo(13.5 / 20, within(1e-12));
    assertThat(figures.fragmentation()).isCloseTo(1.0 / 6, within(1e-12));
  }

  @Test
  void wrongCalls_areRefused() {
    map.addSegment(1, 0, 4);
    map.claim(new PageRun(1, 1, 1));
    assertThatThrownBy(() -> map.addSegment(1, 0, 4)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.addSegment(2, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.removeSegment(7)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.free(1, 1, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.free(1, 3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> map.claim(new PageRun(1, 0, 2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.findBestFit(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.setReclaimable(1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> map.setReclaimable(1, 1, 513))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PageRun(1, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PageRun(1, -1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThat(map.freePages(1)).isEqualTo(3);
  }

  @Test
  void categories_areNeverMoreThanAnEighthWide() {
    int last = -1;
    for (long size = 0; size < Integer.MAX_VALUE; size = size < 5_000 ? size + 1 : size * 9 / 8) {
      int category = SizeCategories.of((int) size);
      assertThat(category).isBetween(last, last + 2).isLessThan(SizeCategories.COUNT);
      last = category;
      int surely = SizeCategories.surely((int) size);
      assertThat(SizeCategories.of((int) size)).isLessThanOrEqualTo(surely);
      assertThat(surely).isLessThanOrEqualTo(category + 1);
    }
  }

  @Test
  void longRuns_areLeft_ifWhatRemainsIsLong() {
    FreeSpaceMap some = new FreeSpaceMap(512, 4);
    some.addSegment(1, 0, 10);
    some.addSegment(2, Stream.SURVIVORS, 3);
    assertThat(some.longRunsBytes(false)).isEqualTo(10 * 512);
    assertThat(some.longRunsBytes(true)).isZero();
    PageRun run = new PageRun(1, 0, 10);
    assertThat(some.leavesLongRuns(run, 6, 4 * 512)).isTrue();
    assertThat(some.leavesLongRuns(run, 6, 4 * 512 + 1)).isFalse();
    assertThat(some.leavesLongRuns(run, 7, 1)).isFalse();
    assertThat(some.leavesLongRuns(run, 10, 0)).isTrue();
    assertThat(some.leavesLongRuns(new PageRun(2, 0, 3), 3, Long.MAX_VALUE)).isTrue();
  }
}
