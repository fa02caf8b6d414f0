// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.SegmentInfo;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How often files are read: reads per second and byte that a rewrite would keep, over those of the
 * hottest of some files. 0 to 1, and 0 while nobody reads. Immutable.
 */
final class AccessHeat implements ToDoubleFunction<SegmentInfo> {
  /* The rate is a mean over the whole time in which reads were counted: since the store was opened,
   * or the file created if that was later. It does not fade, so a file that is not read any more
   * cools down only as fast as that time grows. For what decides between near equals that is enough.
   *
   * Reads come in samples. One of them would make a file the hottest of all in which next to nothing
   * is left, or that was created a moment ago, so such a file counts as larger, or older. */

  private static final long LEAST_BYTES = 1 << 20;
  private static final long LEAST_MILLIS = 1_000;

  private final long nowMillis;
  private final long openedMillis;
  private final double hottest;

  private AccessHeat(List<SegmentInfo> files, StoreFacts store) {
    this.nowMillis = store.nowMillis();
    this.openedMillis = store.openedMillis();
    this.hottest = files.stream().mapToDouble(this::rate).max().orElse(0);
  }

  /** Returns the heat of each of some files against the others. */
  static AccessHeat among(List<SegmentInfo> files, StoreFacts store) {
    return new AccessHeat(files, store);
  }

  @Override
  public double applyAsDouble(SegmentInfo file) {
    return hottest == 0 ? 0 : Math.min(1, rate(file) / hottest);
  }

  private double rate(SegmentInfo file) {
    long millis = nowMillis - Math.max(openedMillis, file.createdMillis());
    return (double) file.reads()
        / Math.max(LEAST_MILLIS, millis)
        / Math.max(LEAST_BYTES, file.usefulBytes());
  }
}
