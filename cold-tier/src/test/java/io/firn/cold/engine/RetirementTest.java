// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.agent.SystemThreads;
import io.firn.cold.agent.SystemTime;
import io.firn.cold.format.Octets;
import io.firn.cold.index.IndexShape;
import io.firn.cold.io.AsyncIo;
import io.firn.cold.io.NioDisk;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.wal.ArchivePolicy;
import io.firn.cold.wal.LogShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers at full speed while the segments that they read are retired all the time. */
final class RetirementTest {
  private static final int KEYS = 3_000;
  private static final int READERS = 3;
  private static final int RETIREMENTS = 150;
  private static final int READS = 20_000;

  @TempDir Path directory;

  private final AtomicBoolean stop = new AtomicBoolean();

  private static EngineOptions options(long mappedBytes) {
    return new EngineOptions(
        64L << 20,
        FlushMode.ASYNC,
        5_000_000,
        1 << 20,
        1 << 20,
        64L << 10,
        mappedBytes,
        2048,
        new BatchLimits(1 << 20, 1000, 60_000_000_000L),
        new LogShape(64 << 10, 256 << 10, 64 << 10),
        new SpaceShape(4096, 64 << 10, 64 << 10, Address.MAX_SEGMENT, 8, 32 << 10, 4, 4),
        new IndexShape(64, 1024, 512, 4),
        DamagePolicy.STANDARD,
        false,
        ArchivePolicy.NONE,
        0);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1L << 30})
  void readersNeverMissAndAreNeverWrong(long mappedBytes) throws Exception {
    try (AsyncIo io = AsyncIo.open(AsyncIo.Backend.THREADS, 2, 64, SystemTime.INSTANCE);
        Engine engine = open(io, mappedBytes)) {
      Table table = engine.openTable("t", Octets.EMPTY);
      for (int i = 0; i < KEYS; i++) {
        StillStore.put(table, i, 0);
      }
      ExecutorService pool = Executors.newFixedThreadPool(READERS);
      List<Future<Integer>> readers = new ArrayList<>();
      try {
        for (int r = 0; r < READERS; r++) {
          readers.add(pool.submit(reader(table, r)));
        }
        int retired = retireAll(table);
        stop.set(true);
        for (Future<Integer> reader : readers) {
          assertThat(reader.get()).isGreaterThanOrEqualTo(READS);
        }
        assertThat(retired).isGreaterThanOrEqualTo(RETIREMENTS);
      } finally {
        stop.set(true);
        pool.shutdownNow();
      }
      assertThat(table.counters().misses.sum()).isZero();
      assertThat(table.counters().damaged.sum()).isZero();
    }
  }

  private Engine open(AsyncIo io, long mappedBytes) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    return StoreOpening.open(
        options(mappedBytes),
        new Engine.Seams(
            NioDisk.open(directory),
            io,
            new SystemThreads("retirement"),
            SystemTime.INSTANCE,
            random::nextLong,
            PendingWrite::new));
  }

  /** Retires segments until enough of them were dropped, and returns how many were. */
  private static int retireAll(Table table) {
    Set<Segment> seen = new HashSet<>();
    while (seen.stream().filter(Segment::isDropped).count() < RETIREMENTS) {
      for (Segment segment : table.space().segments()) {
        if (!segment.isDropped()) {
          EvacuationResult result =
              new Evacuator(table).retire(segment.number(), RecordFilter.KEEP_ALL, move -> {});
          assertThat(result.damaged() + result.left() + result.pagesLeft()).isZero();
          seen.add(segment);
        }
      }
    }
    return RETIREMENTS;
  }

  private Callable<Integer> reader(Table table, int number) {
    return () -> {
      SplittableRandom random = new SplittableRandom(number);
      int reads = 0;
      for (; reads < READS || !stop.get(); reads++) {
        int key = random.nextInt(KEYS);
        byte[] found = StillStore.get(table, key);
        if (!Arrays.equals(found, StillStore.value(key, 0))) {
          assertThat(found).as("key %s", key).isEqualTo(StillStore.value(key, 0));
        }
      }
      return reads;
    };
  }
}
