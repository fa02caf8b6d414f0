// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded sequences of operations on the map and on a plain array per segment. */
final class FreeSpaceMapModelTest {
  private static final int PAGE_BYTES = 4_096;
  private static final int OPERATIONS = 4_000;
  private static final int FREE = -1;
  private static final int CLASSES = 3;
  private static final int LONG_RUN_PAGES = 5;

  /** Per segment and page: {@link #FREE} or the reclaimable bytes. */
  private final Map<Integer, int[]> model = new TreeMap<>();

  private final FreeSpaceMap map = new FreeSpaceMap(PAGE_BYTES, LONG_RUN_PAGES);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void map_agreesWithTheArrays(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < OPERATIONS; i++) {
      step(random);
      checkLookups(1 + random.nextInt(random.nextBoolean() ? 20 : 150));
      if (i % 50 == 0) {
        checkFigures();
      }
    }
  }

  /** The last class is one of survivors. */
  private static int classOf(int segment) {
    int each = segment % CLASSES;
    return each == CLASSES - 1 ? Stream.SURVIVORS : each;
  }

  private void step(Random random) {
    int segment = 1 + random.nextInt(8);
    int[] pages = model.get(segment);
    if (pages == null) {
      int count = 1 + random.nextInt(200);
      boolean free = random.nextBoolean();
      int[] fresh = new int[count];
      if (free) {
        map.addSegment(segment, classOf(segment), count);
        Arrays.fill(fresh, FREE);
      } else {
        map.addUsedSegment(segment, classOf(segment), count);
      }
      model.put(segment, fresh);
      return;
    }
    int first = random.nextInt(pages.length);
    int count = 1 + random.nextInt(Math.min(12, pages.length - first));
    switch (random.nextInt(8)) {
      case 0 -> {
        if (random.nextInt(40) == 0) {
          map.removeSegment(segment);
          model.remove(segment);
        }
      }
      case 1, 2 -> {
        if (all(pages, first, count, true)) {
          map.claim(new PageRun(segment, first, count));
          Arrays.fill(pages, first, first + count, 0);
        }
      }
      case 3, 4, 5 -> {
        if (all(pages, first, count, false)) {
          map.free(segment, first, count);
          Arrays.fill(pages, first, first + count, FREE);
        }
      }
      default -> {
        if (pages[first] != FREE) {
          int bytes = random.nextInt(4) == 0 ? 0 : random.nextInt(PAGE_BYTES + 1);
          map.setReclaimable(segment, first, bytes);
          pages[first] = bytes;
        }
      }
    }
  }

  private static boolean all(int[] pages, int first, int count, boolean free) {
    for (int page = first; page < first + count; page++) {
      if ((pages[page] == FREE) != free) {
        return false;
      }
    }
    return true;
  }

  private void checkLookups(int wanted) {
    int wholeCategory = Integer.MAX_VALUE;
    int scatteredCategory = Integer.MAX_VALUE;
    int mostFree = 0;
    for (int[] pages : model.values()) {
      int[] runs = runs(pages);
      mostFree = Math.max(mostFree, Arrays.stream(runs).sum());
      for (int run : runs) {
        int category = SizeCategories.of(run);
        if (category >= SizeCategories.surely(wanted)) {
          wholeCategory = runs.length == 1 ? Math.min(wholeCategory, category) : wholeCategory;
          scatteredCategory =
              runs.length == 1 ? scatteredCategory : Math.min(scatteredCategory, category);
        }
      }
    }
    boolean wholeFits = wholeCategory != Integer.MAX_VALUE;
    boolean anyFits = wholeFits || scatteredCategory != Integer.MAX_VALUE;
    PageRun found = map.findBestFit(wanted);
    assertThat(found != null || !anyFits).isTrue();
    if (found != null) {
      assertRun(found);
      assertThat(found.pages()).isGreaterThanOrEqualTo(wanted);
      boolean whole = runs(pagesOf(found.segment())).length == 1;
      int category = SizeCategories.of(found.pages());
      if (anyFits) {
        assertThat(whole).isEqualTo(wholeFits);
        assertThat(category).isEqualTo(wholeFits ? wholeCategory : scatteredCategory);
      } else {
        assertThat(category).isEqualTo(SizeCategories.of(wanted));
      }
    }
    checkLargest(mostFree);
    for (int streamClass = 0; streamClass <= CLASSES; streamClass++) {
      checkLongRun(streamClass, wanted);
    }
  }

  private void checkLongRun(int streamClass, int wanted) {
    int longest = 0;
    int ofAll = 0;
    for (Map.Entry<Integer, int[]> segment : model.entrySet()) {
      int here = Arrays.stream(runs(segment.getValue())).max().orElse(0);
      ofAll = Math.max(ofAll, here);
      longest = classOf(segment.getKey()) == streamClass ? Math.max(longest, here) : longest;
    }
    PageRun found = map.longRunOf(streamClass, 0, wanted);
    boolean surely = SizeCategories.of(longest) >= SizeCategories.surely(wanted);
    assertThat(found != null || !surely).isTrue();
    if (found != null) {
      assertRun(found);
      assertThat(found.segment() % CLASSES).isEqualTo(streamClass);
      assertThat(found.pages()).isGreaterThanOrEqualTo(wanted);
      assertThat(SizeCategories.of(found.pages())).isEqualTo(SizeCategories.of(longest));
    }
    PageRun any = map.longestRun();
    assertThat(any == null).isEqualTo(ofAll == 0);
    if (any != null) {
      assertRun(any);
      assertThat(SizeCategories.of(any.pages())).isEqualTo(SizeCategories.of(ofAll));
    }
  }

  private void checkLargest(int mostFree) {
    PageRun largest = map.largestFree(0);
    assertThat(largest == null).isEqualTo(mostFree == 0);
    if (largest != null) {
      assertRun(largest);
      int[] runs = runs(pagesOf(largest.segment()));
      assertThat(SizeCategories.of(Arrays.stream(runs).sum()))
          .isEqualTo(SizeCategories.of(mostFree));
      assertThat(largest.pages()).isEqualTo(Arrays.stream(runs).max().orElse(0));
    }
  }

  private void checkFigures() {
    long free = 0;
    long dead = 0;
    long total = 0;
    int longest = 0;
    long inLongest = 0;
    long mostDead = 0;
    int deadestPage = 0;
    long[] longRuns = new long[2];
    for (Map.Entry<Integer, int[]> segment : model.entrySet()) {
      int[] pages = segment.getValue();
      int longestHere = Arrays.stream(runs(pages)).max().orElse(0);
      long freeHere = Arrays.stream(pages).filter(page -> page == FREE).count();
      long deadHere = Arrays.stream(pages).filter(page -> page != FREE).sum();
      assertThat(map.freePages(segment.getKey())).isEqualTo((int) freeHere);
      assertThat(map.reclaimableBytes(segment.getKey())).isEqualTo(deadHere);
      longRuns[classOf(segment.getKey()) == Stream.SURVIVORS ? 1 : 0] +=
          Arrays.stream(runs(pages)).filter(run -> run >= LONG_RUN_PAGES).sum();
      longest = Math.max(longest, longestHere);
      inLongest += longestHere;
      free += freeHere;
      dead += deadHere;
      total += pages.length;
      mostDead = Math.max(mostDead, deadHere);
      deadestPage = Math.max(deadestPage, Arrays.stream(pages).max().orElse(0));
    }
    FreeSpaceMap.Figures figures = map.figures();
    assertThat(figures.totalBytes()).isEqualTo(total * PAGE_BYTES);
    assertThat(figures.totalFreeBytes()).isEqualTo(free * PAGE_BYTES);
    assertThat(map.freeBytes()).isEqualTo(free * PAGE_BYTES);
    assertThat(map.longRunsBytes(false)).isEqualTo(longRuns[0] * PAGE_BYTES);
    assertThat(map.longRunsBytes(true)).isEqualTo(longRuns[1] * PAGE_BYTES);
    assertThat(figures.reclaimableBytes()).isEqualTo(dead);
    assertThat(figures.largestContiguousBytes()).isEqualTo((long) longest * PAGE_BYTES);
    assertThat(figures.fragmentation() * free)
        .isBetween(free - inLongest - 1e-6, free - inLongest + 1e-6);
    int segment = map.mostReclaimableSegment();
    assertThat(segment == -1).isEqualTo(mostDead == 0);
    if (segment != -1) {
      assertThat(SizeCategories.of((int) map.reclaimableBytes(segment)))
          .isEqualTo(SizeCategories.of((int) mostDead));
    }
    @Nullable PageRun page = map.mostReclaimablePage();
    assertThat(page == null).isEqualTo(deadestPage == 0);
    if (page != null) {
      assertThat(SizeCategories.of(map.reclaimableBytes(page.segment(), page.firstPage())))
          .isEqualTo(SizeCategories.of(deadestPage));
    }
  }

  private int[] pagesOf(int segment) {
    int[] pages = model.get(segment);
    assertThat(pages).isNotNull();
    return pages == null ? new int[0] : pages;
  }

  private void assertRun(PageRun run) {
    int[] pages = pagesOf(run.segment());
    assertThat(all(pages, run.firstPage(), run.pages(), true)).isTrue();
    assertThat(run.firstPage() == 0 || pages[run.firstPage() - 1] != FREE).isTrue();
    assertThat(run.endPage() == pages.length || pages[run.endPage()] != FREE).isTrue();
  }

  /** Returns the lengths of the maximal free runs. */
  private static int[] runs(int[] pages) {
    int[] lengths = new int[pages.length];
    int count = 0;
    int length = 0;
    for (int page = 0; page <= pages.length; page++) {
      if (page < pages.length && pages[page] == FREE) {
        length++;
      } else if (length > 0) {
        lengths[count++] = length;
        length = 0;
      }
    }
    return Arrays.copyOf(lengths, count);
  }
}
