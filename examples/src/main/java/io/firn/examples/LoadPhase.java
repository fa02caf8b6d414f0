// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import io.firn.cache.CacheStats;
import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.examples.input.DigestFile;
import io.firn.examples.input.Input;
import io.firn.examples.input.InputEntry;
import io.firn.examples.run.Facts;
import io.firn.examples.run.Stopwatch;
import io.firn.examples.run.StoreSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores the whole input and notes a digest of every original value; what a replayed request gets
 * from the cache is compared with it. A file that can no longer be read is counted and not stored.
 * Not thread-safe.
 */
final class LoadPhase {
  private final Input input;
  private final List<InputEntry> entries;
  private final @Nullable String[] digests;
  private long storedBytes;
  private long unreadable;
  private long wrong;

  private LoadPhase(Input input) {
    this.input = input;
    this.entries = input.entries();
    this.digests = new @Nullable String[entries.size()];
  }

  static Facts run(TourSite site) throws IOException {
    Input input = site.input();
    return new LoadPhase(input).load(site);
  }

  private Facts load(TourSite site) throws IOException {
    Stopwatch running = Stopwatch.started();
    try (Firn firn = StoreSettings.open(site.store());
        TieredCache<String, byte[]> cache = TourSite.openCache(firn, input.totalBytes())) {
      long openNanos = running.nanos();
      int requests = input.requestCount();
      ProgressBar bar =
          new ProgressBar(System.out, site.isTerminal(), Phase.LOAD.title(), requests);
      for (int number = 0; number < requests; number++) {
        request(cache, input.request(number));
        bar.show(number + 1L);
      }
      cache.flush();
      long millis = running.millis();
      List<DigestFile.Line> lines = lines();
      DigestFile.write(site.digests(), lines);
      CacheStats stats = cache.stats();
      return new Facts()
          .set("input", input.description())
          .set("operations", requests)
          .set("entries", lines.size())
          .set("unreadable", unreadable)
          .set("wrong", wrong)
          .set("bytes", storedBytes)
          .set("openNanos", openNanos)
          .set("millis", millis)
          .set("hotHits", stats.hotHits())
          .set("coldHits", stats.coldHits())
          .set("misses", stats.misses())
          .set("shed", stats.shed())
          .set("estimatedSize", cache.estimatedSize());
    }
  }

  private void request(TieredCache<String, byte[]> cache, int index) {
    String key = entries.get(index).key();
    if (input.loadsOnMiss()) {
      byte[] value = cache.get(key, missing -> original(index));
      if (value != null && !DigestFile.digest(value).equals(digests[index])) {
        wrong++;
      }
    } else {
      byte[] value = original(index);
      if (value != null) {
        cache.put(key, value);
      }
    }
  }

  /** Reads a value from the source and notes its digest before the cache sees it. */
  private byte @Nullable [] original(int index) {
    try {
      byte[] value = input.read(index);
      if (digests[index] == null) {
        digests[index] = DigestFile.digest(value);
        storedBytes += value.length;
      }
      return value;
    } catch (IOException e) {
      unreadable++;
      return null;
    }
  }

  private List<DigestFile.Line> lines() {
    List<DigestFile.Line> lines = new ArrayList<>(entries.size());
    for (int index = 0; index < entries.size(); index++) {
      String digest = digests[index];
      if (digest != null) {
        lines.add(new DigestFile.Line(digest, entries.get(index).key()));
      }
    }
    return lines;
  }
}
