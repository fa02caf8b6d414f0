// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import io.firn.cache.CacheStats;
import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.examples.input.DigestFile;
import io.firn.examples.run.Facts;
import io.firn.examples.run.Stopwatch;
import io.firn.examples.run.StoreSettings;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Opens the store and compares every value that it returns with the digest of the original. Each
 * key is read once, in random order; a phase may then read as many more times, some keys far more
 * often than others. Not thread-safe.
 */
final class ReadPhase {
  /** The k-th of n keys is drawn in proportion to (k / n) to the power 1 / SKEW - 1. */
  private static final double SKEW = 4;

  private final List<DigestFile.Line> lines;
  private long correct;
  private long missing;
  private long wrong;

  private ReadPhase(List<DigestFile.Line> lines) {
    this.lines = lines;
  }

  /**
   * Runs the phase.
   *
   * @param totalBytes of all values, from which the size of the hot tier follows
   * @param repeats whether to read on after each key was read once
   */
  static Facts run(TourSite site, Phase phase, long totalBytes, boolean repeats)
      throws IOException {
    List<DigestFile.Line> lines = DigestFile.read(site.digests());
    return new ReadPhase(lines).read(site, phase, totalBytes, repeats);
  }

  private Facts read(TourSite site, Phase phase, long totalBytes, boolean repeats)
      throws IOException {
    Random random = new Random(site.seed() + phase.title().hashCode());
    Collections.shuffle(lines, random);
    int reads = repeats ? 2 * lines.size() : lines.size();
    Stopwatch running = Stopwatch.started();
    try (Firn firn = StoreSettings.open(site.store());
        TieredCache<String, byte[]> cache = TourSite.openCache(firn, totalBytes)) {
      long openNanos = running.nanos();
      ProgressBar bar = new ProgressBar(System.out, site.isTerminal(), phase.title(), reads);
      for (int number = 0; number < reads; number++) {
        int index =
            (number < lines.size())
                ? number
                : (int) (lines.size() * Math.pow(random.nextDouble(), SKEW));
        check(cache, lines.get(index));
        bar.show(number + 1L);
      }
      CacheStats stats = cache.stats();
      return new Facts()
          .set("operations", reads)
          .set("openNanos", openNanos)
          .set("millis", running.millis())
          .set("hotHits", stats.hotHits())
          .set("coldHits", stats.coldHits())
          .set("misses", stats.misses())
          .set("correct", correct)
          .set("missing", missing)
          .set("wrong", wrong);
    }
  }

  private void check(TieredCache<String, byte[]> cache, DigestFile.Line line) {
    byte[] value = cache.getIfPresent(line.key());
    if (value == null) {
      missing++;
    } else if (DigestFile.digest(value).equals(line.digest())) {
      correct++;
    } else {
      wrong++;
    }
  }
}
