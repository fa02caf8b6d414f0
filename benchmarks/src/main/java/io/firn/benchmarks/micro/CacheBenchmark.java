// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.micro;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.firn.benchmarks.Directories;
import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.WritePolicy;
import io.firn.cache.codec.Codec;
import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a cache costs over its tiers: a hit on the heap beside Caffeine with statistics, a hit on
 * disk beside the engine's own get, and puts of both write policies over 10,000 keys. Values have
 * 1,000 bytes; all data is in the page cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CacheBenchmark {
  private static final int HOT_KEYS = 10_000;
  private static final int COLD_KEYS = 100_000;
  private static final int VALUE_BYTES = 1_000;

  private final Long[] hotKeys = new Long[HOT_KEYS];
  private final byte[][] coldKeys = new byte[COLD_KEYS][];
  private final byte[] value = new byte[VALUE_BYTES];
  private @Nullable Tiers tiers;

  private record Tiers(
      Path directory,
      Firn firn,
      Cache<Long, byte[]> caffeine,
      TieredCache<Long, byte[]> hot,
      TieredCache<Long, byte[]> back,
      TieredCache<byte[], byte[]> cold,
      ColdStore store,
      ColdTable table) {}

  /** Opens a store of caches and one of the engine alone, and fills them. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path directory = Files.createTempDirectory("firn-cache-");
    Firn firn = Firn.in(directory.resolve("firn")).open();
    ColdStore store = ColdStore.open(directory.resolve("engine"), StoreOptions.builder().build());
    Tiers opened =
        new Tiers(
            directory,
            firn,
            Caffeine.newBuilder().maximumSize(2 * HOT_KEYS).recordStats().build(),
            firn.cache("hot", Codec.int64(), Codec.bytes()).maximumHotEntries(2 * HOT_KEYS).open(),
            firn.cache("back", Codec.int64(), Codec.bytes())
                .maximumHotEntries(2 * HOT_KEYS)
                .writePolicy(WritePolicy.WRITE_BACK)
                .maximumDirtyEntries(2 * HOT_KEYS)
                .open(),
            firn.cache("cold", Codec.bytes(), Codec.bytes()).maximumHotEntries(0).open(),
            store,
            store.table("cold", TableOptions.defaults()));
    for (int i = 0; i < HOT_KEYS; i++) {
      hotKeys[i] = (long) i;
      opened.caffeine.put(hotKeys[i], value);
      opened.hot.put(hotKeys[i], value);
      opened.back.put(hotKeys[i], value);
    }
    for (int i = 0; i < COLD_KEYS; i++) {
      coldKeys[i] = ByteBuffer.allocate(Long.BYTES).putLong(0, i).array();
      opened.cold.put(coldKeys[i], value);
      opened.table.put(coldKeys[i], value, ColdTable.NEVER);
    }
    tiers = opened;
  }

  /** Closes both and deletes them. */
  @TearDown(Level.Trial)
  public void close() {
    Tiers opened = tiers();
    opened.firn.close();
    opened.store.close();
    Directories.delete(opened.directory);
  }

  private Tiers tiers() {
    Tiers opened = tiers;
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }

  private Long hotKey() {
    return hotKeys[ThreadLocalRandom.current().nextInt(HOT_KEYS)];
  }

  private byte[] coldKey() {
    return coldKeys[ThreadLocalRandom.current().nextInt(COLD_KEYS)];
  }

  /** Reads from Caffeine. */
  @Benchmark
  public byte @Nullable [] hotHitCaffeine() {
    return tiers().caffeine.getIfPresent(hotKey());
  }

  /** Reads what is on the heap. */
  @Benchmark
  public byte @Nullable [] hotHit() {
    return tiers().hot.getIfPresent(hotKey());
  }

  /** Reads from the engine. */
  @Benchmark
  public byte @Nullable [] coldHitEngine() {
    return tiers().table.get(coldKey());
  }

  /** Reads what is on disk, and keeps nothing of it. */
  @Benchmark
  public byte @Nullable [] coldHit() {
    return tiers().cold.getIfPresent(coldKey());
  }

  /** Puts, both tiers at once. */
  @Benchmark
  public void putWriteThrough() {
    tiers().hot.put(hotKey(), value);
  }

  /** Puts, to the heap at first. */
  @Benchmark
  public void putWriteBack() {
    tiers().back.put(hotKey(), value);
  }
}
