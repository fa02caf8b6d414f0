// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.examples.input.DigestFile;
import io.firn.examples.run.Facts;
import io.firn.examples.run.StoreSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadPhaseTest {
  private static final int ENTRIES = 20;
  private static final long TOTAL_BYTES = 10_000;

  @TempDir Path directory;
  private TourSite site = new TourSite(Path.of(""), TourOptions.Source.JDK, "", 1, false);

  @BeforeEach
  void storeEntries() throws Exception {
    site = new TourSite(directory, TourOptions.Source.JDK, "", 1, false);
    List<DigestFile.Line> lines = new ArrayList<>();
    change(
        cache -> {
          for (int i = 0; i < ENTRIES; i++) {
            cache.put("key" + i, value(i));
            lines.add(new DigestFile.Line(DigestFile.digest(value(i)), "key" + i));
          }
        });
    DigestFile.write(site.digests(), lines);
  }

  @Test
  void intactStoreIsCorrectAndCold() throws Exception {
    Facts facts = ReadPhase.run(site, Phase.RESTART, TOTAL_BYTES, false);
    assertThat(facts.number("correct")).isEqualTo(ENTRIES);
    assertThat(facts.number("coldHits")).isEqualTo(ENTRIES);
    assertThat(facts.number("hotHits")).isZero();
  }

  @Test
  void repeatedReadsBecomeHot() throws Exception {
    Facts facts = ReadPhase.run(site, Phase.READ_BACK, TOTAL_BYTES, true);
    assertThat(facts.number("correct")).isEqualTo(2 * ENTRIES);
    assertThat(facts.number("hotHits")).isPositive();
    assertThat(facts.number("hotHits") + facts.number("coldHits")).isEqualTo(2 * ENTRIES);
  }

  @Test
  void anInputOfNoBytesIsReadBackToo() throws Exception {
    Facts facts = ReadPhase.run(site, Phase.RESTART, 0, false);
    assertThat(facts.number("correct")).isEqualTo(ENTRIES);
  }

  @Test
  void otherValueIsWrongAndAbsentOneMissing() throws Exception {
    change(
        cache -> {
          cache.put("key3", value(4));
          cache.invalidate("key5");
        });
    Facts facts = ReadPhase.run(site, Phase.RESTART, TOTAL_BYTES, false);
    assertThat(facts.number("wrong")).isEqualTo(1);
    assertThat(facts.number("missing")).isEqualTo(1);
    assertThat(facts.number("misses")).isEqualTo(1);
    assertThat(facts.number("correct")).isEqualTo(ENTRIES - 2);
  }

  private void change(Consumer<TieredCache<String, byte[]>> change) {
    try (Firn firn = StoreSettings.open(site.store());
        TieredCache<String, byte[]> cache = TourSite.openCache(firn, TOTAL_BYTES)) {
      change.accept(cache);
    }
  }

  private static byte[] value(int i) {
    return ("value " + i).getBytes(StandardCharsets.UTF_8);
  }
}
