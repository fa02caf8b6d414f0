// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.cold.segment.PageRun;
import io.firn.compaction.CompactionThresholds;
import io.firn.compaction.SkipReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Chooses the pages that pay most, over all segments of a table. Pure. */
public final class PagePlanner {
  private static final Comparator<PageFacts> PLACE =
      Comparator.comparingInt(PageFacts::segment).thenComparingInt(PageFacts::page);

  private record Scored(PageFacts page, double score) {}

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed().thenComparing(Scored::page, PLACE);

  private final PageLimits limits;
  private final List<CompactionBatch> batches = new ArrayList<>();
  private List<PageFacts> open = new ArrayList<>();
  private long readBytes;
  private long copyBytes;

  private PagePlanner(PageLimits limits) {
    this.limits = limits;
  }

  /**
   * Plans.
   *
   * @param pages the pages that are in use, each once
   */
  public static PagePlan plan(
      List<PageFacts> pages,
      CompactionThresholds thresholds,
      PageScore.Weights weights,
      PageLimits limits) {
    Map<SkipReason, Integer> skipped = new EnumMap<>(SkipReason.class);
    List<Scored> candidates = new ArrayList<>();
    for (PageFacts page : pages) {
      if (!page.sealed()) {
        skipped.merge(SkipReason.FILLING, 1, Integer::sum);
      } else if (page.liveBytes() == 0) {
        skipped.merge(SkipReason.FREES_ITSELF, 1, Integer::sum);
      } else if (page.metrics().exceeds(thresholds, page.deadRecordsEstimate())) {
        candidates.add(new Scored(page, PageScore.of(page).totalScore(weights)));
      } else {
        skipped.merge(SkipReason.HEALTHY, 1, Integer::sum);
      }
    }
    candidates.sort(BEST_FIRST);
    PagePlanner planner = new PagePlanner(limits);
    int taken = planner.take(candidates);
    if (taken < candidates.size()) {
      skipped.merge(SkipReason.NOT_NEEDED, candidates.size() - taken, Integer::sum);
    }
    return new PagePlan(planner.batches, skipped);
  }

  private int take(List<Scored> candidates) {
    long saved = 0;
    int taken = 0;
    while (taken < candidates.size() && saved < limits.wantedBytes()) {
      PageFacts page = candidates.get(taken).page();
      add(page);
      saved += page.metrics().deletedSpace();
      taken++;
    }
    close();
    return taken;
  }

  private void add(PageFacts page) {
    if (readBytes + page.pageBytes() > limits.readBytes()
        || copyBytes + page.liveBytes() > limits.copyBytes()) {
      close();
    }
    open.add(page);
    readBytes += page.pageBytes();
    copyBytes += page.liveBytes();
  }

  private void close() {
    if (open.isEmpty()) {
      return;
    }
    double seconds = (double) (readBytes + copyBytes) / limits.bytesPerSecond();
    Duration time = Duration.ofMillis((long) Math.ceil(seconds * 1_000));
    batches.add(new CompactionBatch(runs(open), readBytes, copyBytes, time));
    open = new ArrayList<>();
    readBytes = 0;
    copyBytes = 0;
  }

  private static List<PageRun> runs(List<PageFacts> pages) {
    pages.sort(PLACE);
    List<PageRun> runs = new ArrayList<>();
    PageFacts first = pages.get(0);
    int count = 1;
    for (PageFacts page : pages.subList(1, pages.size())) {
      if (page.segment() == first.segment() && page.page() == first.page() + count) {
        count++;
      } else {
        runs.add(new PageRun(first.segment(), first.page(), count));
        first = page;
        count = 1;
      }
    }
    runs.add(new PageRun(first.segment(), first.page(), count));
    return runs;
  }
}
