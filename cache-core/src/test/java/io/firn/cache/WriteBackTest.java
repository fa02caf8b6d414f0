// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cache.codec.Input;
import io.firn.cache.codec.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values that are written to disk in the background. */
@Timeout(120)
final class WriteBackTest {
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir Path directory;
  private final ManualTime time = new ManualTime();

  private Firn open() {
    return Stores.open(directory.resolve("store"), time);
  }

  private static TieredCacheBuilder<String, String> cache(Firn firn) {
    return firn.cache("back", Codec.utf8(), Codec.utf8()).writePolicy(WritePolicy.WRITE_BACK);
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aPut_waitsInMemory_untilAFlush_andIsWrittenOnce() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache = cache(firn).writeBackDelay(LONG).open();
      for (int i = 0; i < 100; i++) {
        cache.put("key", "version " + i);
      }
      assertThat(cache.getIfPresent("key")).isEqualTo("version 99");
      assertThat(cache.stats().dirtyEntries()).isEqualTo(1);
      assertThat(cache.stats().coldEntries()).isZero();
      assertThat(cache.estimatedSize()).isEqualTo(1);
      cache.flush();
      assertThat(cache.stats().dirtyEntries()).isZero();
      assertThat(cache.stats().coldEntries()).isEqualTo(1);
      assertThat(cache.stats().demotions()).isEqualTo(1);
      assertThat(cache.getIfPresent("key")).isEqualTo("version 99");
    }
  }

  @Test
  void aValueIsWritten_whenItsDelayHasPassed() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache = cache(firn).writeBackDelay(Duration.ofSeconds(2)).open();
      cache.put("key", "value");
      time.advance(Duration.ofSeconds(2));
      until(() -> cache.stats().coldEntries() == 1);
      assertThat(cache.stats().dirtyEntries()).isZero();
    }
  }

  @Test
  void whatLeavesTheHotTier_isWritten_andFoundMeanwhile() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache =
          cache(firn).maximumHotEntries(2).writeBackDelay(LONG).open();
      for (int i = 0; i < 1_000; i++) {
        cache.put("k" + i, "v" + i);
        assertThat(cache.getIfPresent("k" + i / 2)).isEqualTo("v" + i / 2);
      }
      until(() -> cache.stats().dirtyEntries() <= 2);
      for (int i = 0; i < 1_000; i++) {
        assertThat(cache.getIfPresent("k" + i)).isEqualTo("v" + i);
      }
      assertThat(cache.asMap()).hasSize(1_000);
    }
  }

  @Test
  void closing_writesWhatWaits() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache = cache(firn).writeBackDelay(LONG).open();
      cache.put("closed with its cache", "1");
      cache.close();
      TieredCache<String, String> again = cache(firn).writeBackDelay(LONG).open();
      again.put("closed with the store", "2");
    }
    try (Firn firn = open();
        TieredCache<String, String> cache = cache(firn).open()) {
      assertThat(cache.getIfPresent("closed with its cache")).isEqualTo("1");
      assertThat(cache.getIfPresent("closed with the store")).isEqualTo("2");
      cache.put("third", "3");
      firn.flush();
      assertThat(cache.stats().dirtyEntries()).isZero();
      cache.put("dropped", "4");
      firn.drop("back");
      assertThat(cache(firn).open().asMap()).isEmpty();
    }
  }

  @Test
  void aCrash_losesWhatWaits_andBringsNothingOlderBack() throws IOException {
    try (Firn firn = open()) {
      TieredCache<String, String> cache = cache(firn).writeBackDelay(LONG).open();
      cache.put("overwritten", "old");
      cache.put("removed", "old");
      cache.put("kept", "old");
      cache.put("computed", "old");
      cache.flush();
      cache.put("overwritten", "new");
      cache.invalidate("removed");
      assertThat(cache.asMap().merge("computed", "+", String::concat)).isEqualTo("old+");
      assertThat(cache.get("loaded", key -> "value")).isEqualTo("value");
      copy(directory.resolve("store"), directory.resolve("crashed"));
      assertThat(cache.getIfPresent("overwritten")).isEqualTo("new");
    }
    try (Firn firn = Stores.open(directory.resolve("crashed"), time)) {
      assertThat(cache(firn).open().asMap()).isEqualTo(Map.of("kept", "old"));
    }
  }

  /* What is mapped shows in the files at once, so a copy is what a killed process leaves. */
  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!file.getFileName().toString().equals("LOCK")) {
          Files.copy(file, target);
        }
      }
    }
  }

  @Test
  void beyondTheBound_putsWriteThemselves() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache =
          cache(firn).writeBackDelay(LONG).maximumDirtyEntries(4).open();
      for (int i = 0; i < 500; i++) {
        cache.put("k" + i, "v" + i);
        assertThat(cache.stats().dirtyEntries()).isLessThanOrEqualTo(4);
      }
      for (int i = 0; i < 500; i++) {
        assertThat(cache.getIfPresent("k" + i)).isEqualTo("v" + i);
      }
    }
  }

  @Test
  void whatExpiresBeforeItIsWritten_isNotWritten() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache =
          cache(firn).maximumHotEntries(1).writeBackDelay(LONG).open();
      cache.put("key", "value", Duration.ofSeconds(5));
      cache.put("other", "value");
      time.advance(Duration.ofSeconds(6));
      assertThat(cache.getIfPresent("key")).isNull();
      cache.flush();
      assertThat(cache.stats().coldEntries()).isEqualTo(1);
    }
  }

  @Test
  void anIteration_meetsOnce_whatIsPutAgainMeanwhile() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache =
          cache(firn).maximumHotEntries(2).writeBackDelay(LONG).open();
      for (int i = 0; i < 200; i++) {
        cache.put("k" + i, "old");
      }
      cache.flush();
      Iterator<String> keys = cache.asMap().keySet().iterator();
      for (int i = 0; i < 200; i++) {
        cache.put("k" + i, "new");
        if (i % 7 == 0) {
          cache.invalidate("k" + i);
        }
      }
      List<String> met = new ArrayList<>();
      keys.forEachRemaining(met::add);
      assertThat(met).doesNotHaveDuplicates().hasSizeBetween(171, 172);
    }
  }

  @Test
  void aBatchAndAClear_replaceWhatWaits() {
    try (Firn firn = open()) {
      TieredCache<String, String> cache = cache(firn).writeBackDelay(LONG).open();
      cache.put("a", "old");
      cache.put("b", "old");
      cache.put("c", "old");
      cache.putAll(Map.of("a", "new", "d", "new"));
      cache.invalidateAll(List.of("b"));
      assertThat(cache.asMap()).isEqualTo(Map.of("a", "new", "c", "old", "d", "new"));
      cache.flush();
      assertThat(cache.asMap()).isEqualTo(Map.of("a", "new", "c", "old", "d", "new"));
      cache.put("c", "newer");
      cache.invalidateAll();
      cache.flush();
      assertThat(cache.asMap()).isEmpty();
      assertThat(cache.stats().coldEntries()).isZero();
    }
  }

  @Test
  void aValueThatItsCodecRefuses_staysOnTheHeap_andKeepsNobodyFromTheDisk() {
    Codec<String> refusing =
        new Codec<>() {
          @Override
          public void encode(String value, Output out) {
            if (value.equals("refused")) {
              throw new IllegalArgumentException(value);
            }
            Codec.utf8().encode(value, out);
          }

          @Override
          public String decode(Input in) {
            return Codec.utf8().decode(in);
          }
        };
    try (Firn firn = open()) {
      TieredCache<String, String> cache =
          firn.cache("back", Codec.utf8(), refusing)
              .writePolicy(WritePolicy.WRITE_BACK)
              .writeBackDelay(LONG)
              .maximumValueBytes(10)
              .open();
      cache.put("1", "refused");
      cache.put("2", "far too long for a value");
      cache.put("3", "fine");
      cache.flush();
      assertThat(cache.stats().shed()).isEqualTo(2);
      assertThat(cache.stats().coldEntries()).isEqualTo(1);
      assertThat(cache.stats().dirtyEntries()).isZero();
      assertThat(cache.getIfPresent("1")).isEqualTo("refused");
    }
  }

  @Test
  void aDiskWithoutRoom_makesAFlushFail_andLosesNothingThatIsOnTheHeap() {
    try (Firn firn = Firn.in(directory).maximumDiskBytes(16 << 20).executor(Runnable::run).open()) {
      firn.compaction().pause();
      until(() -> firn.compaction().totals().paused());
      TieredCache<Long, byte[]> cache =
          firn.cache("full", Codec.int64(), Codec.bytes())
              .writePolicy(WritePolicy.WRITE_BACK)
              .writeBackDelay(LONG)
              .open();
      for (long key = 0; key < 400; key++) {
        cache.put(key, new byte[64 << 10]);
      }
      assertThatThrownBy(cache::flush).isInstanceOf(io.firn.cold.model.DiskFullException.class);
      assertThat(cache.stats().dirtyEntries()).isBetween(1L, 399L);
      for (long key = 0; key < 400; key++) {
        assertThat(cache.getIfPresent(key)).hasSize(64 << 10);
      }
    }
  }

  @Test
  void optionsThatContradict_areRefused() {
    try (Firn firn = open()) {
      assertThatThrownBy(() -> cache(firn).maximumHotEntries(0).open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("hot tier");
      assertThatThrownBy(
              () -> firn.cache("x", Codec.utf8(), Codec.utf8()).writeBackDelay(LONG).open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("WRITE_BACK");
      assertThatThrownBy(() -> cache(firn).writeBackDelay(Duration.ZERO))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> cache(firn).maximumDirtyEntries(0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
