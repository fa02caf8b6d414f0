// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.micro;

import io.firn.cold.agent.SystemThreads;
import io.firn.cold.index.Epochs;
import io.firn.cold.index.GrowthListener;
import io.firn.cold.index.HashIndex;
import io.firn.cold.index.IndexShape;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.TearDown;

/** Probes of the index, inside an epoch as readers make them, beside those of a hash map. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexBenchmark {
  private static final int RECORD_BYTES = 100;

  /** How many entries there are. */
  @Param({"100000", "2000000"})
  public int entries;

  private final Map<Long, Long> map = new HashMap<>();
  private final Epochs epochs = new Epochs();
  private final HashIndex index =
      new HashIndex(IndexShape.standard(), epochs, new SystemThreads("index"), GrowthListener.NONE);
  private long[] hashes = new long[0];
  private int next;

  /** Puts random hashes; those in the second half of the array are of no entry. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    hashes = random.longs(2L * entries).toArray();
    for (int i = 0; i < entries; i++) {
      long word = Address.of(1 + (i >> 16), (i & 0xFFFFL) * RECORD_BYTES, RECORD_BYTES);
      index.ensureRoom(hashes[i]);
      Partition partition = index.lock(hashes[i]);
      try {
        long unused = partition.put(hashes[i], word);
      } finally {
        partition.unlock();
      }
      map.put(hashes[i], word);
    }
  }

  /** Closes the index. */
  @TearDown
  public void close() {
    index.close();
    epochs.close();
  }

  /** Finds an entry that is there. */
  @Benchmark
  public long hit() {
    return find(hashes[nextIndex()]);
  }

  /** Finds none. */
  @Benchmark
  public long miss() {
    return find(hashes[entries + nextIndex()]);
  }

  /** Finds an entry that is there, in a hash map of boxed numbers. */
  @Benchmark
  public @Nullable Long hitInHashMap() {
    return map.get(hashes[nextIndex()]);
  }

  private long find(long hash) {
    int ticket = epochs.enter();
    try {
      return index.find(hash);
    } finally {
      epochs.leave(ticket);
    }
  }

  private int nextIndex() {
    next = next + 1 == entries ? 0 : next + 1;
    return next;
  }
}
