// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.micro;

import io.firn.cold.segment.FreeSpaceMap;
import io.firn.cold.segment.PageRun;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The free-space map's look-ups against a search through all pages. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FreeSpaceBenchmark {
  private static final int PAGE_BYTES = 16 << 10;
  private static final int PAGES_PER_SEGMENT = 1_024;
  private static final int LONGEST_USED_RUN = 24;
  private static final int LONGEST_FREE_RUN = 6;
  private static final int LONGEST_WANTED_RUN = 6;

  /** How many pages the store has. */
  @Param({"16384", "131072"})
  public int pages;

  private FreeSpaceMap map = new FreeSpaceMap(PAGE_BYTES);
  private BitSet free = new BitSet();
  private int[] reclaimable = new int[0];
  private int wanted;

  /** Fills four fifths of the pages, in runs of random length. */
  @Setup
  public void fill() {
    Random random = new Random(1);
    map = new FreeSpaceMap(PAGE_BYTES);
    free = new BitSet(pages);
    reclaimable = new int[pages];
    for (int segment = 0; segment < pages / PAGES_PER_SEGMENT; segment++) {
      map.addUsedSegment(segment, 0, PAGES_PER_SEGMENT);
      fill(segment, random);
    }
  }

  private void fill(int segment, Random random) {
    int base = segment * PAGES_PER_SEGMENT;
    int page = 0;
    while (page < PAGES_PER_SEGMENT) {
      int used = 1 + random.nextInt(LONGEST_USED_RUN);
      for (int i = page; i < Math.min(page + used, PAGES_PER_SEGMENT); i++) {
        reclaimable[base + i] = random.nextInt(PAGE_BYTES);
        map.setReclaimable(segment, i, reclaimable[base + i]);
      }
      page += used;
      int run = Math.min(1 + random.nextInt(LONGEST_FREE_RUN), PAGES_PER_SEGMENT - page);
      if (run > 0) {
        map.free(segment, page, run);
        free.set(base + page, base + page + run);
        page += run;
      }
    }
  }

  /** Asks the map for a run of pages. */
  @Benchmark
  public @Nullable PageRun findFreePages() {
    return map.findBestFit(nextWanted());
  }

  /** Looks for the best fitting run through all pages. */
  @Benchmark
  public int findFreePagesLinear() {
    int length = nextWanted();
    int best = -1;
    int bestLength = Integer.MAX_VALUE;
    for (int start = free.nextSetBit(0); start >= 0; ) {
      int end = free.nextClearBit(start);
      if (end - start >= length && end - start < bestLength) {
        best = start;
        bestLength = end - start;
      }
      start = free.nextSetBit(end);
    }
    return best;
  }

  /** Asks the map for the page with most reclaimable bytes. */
  @Benchmark
  public @Nullable PageRun findDeadestPage() {
    return map.mostReclaimablePage();
  }

  /** Looks for the page with most reclaimable bytes through all pages. */
  @Benchmark
  public int findDeadestPageLinear() {
    int best = 0;
    for (int page = 1; page < reclaimable.length; page++) {
      if (reclaimable[page] > reclaimable[best]) {
        best = page;
      }
    }
    return best;
  }

  private int nextWanted() {
    wanted = wanted % LONGEST_WANTED_RUN + 1;
    return wanted;
  }
}
