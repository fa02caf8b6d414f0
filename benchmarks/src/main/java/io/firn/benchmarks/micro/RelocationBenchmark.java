// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.micro;

import io.firn.benchmarks.Directories;
import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.engine.EvacuationResult;
import io.firn.cold.engine.Evacuator;
import io.firn.cold.engine.RecordFilter;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
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
import org.openjdk.jmh.annotations.TearDown;

/**
 * The relocation of pages full of live records of about 1 KB: read, verify, copy, one force, one
 * frame, swing. A batch of one page shows the force, a large one the work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RelocationBenchmark {
  private static final int ENTRIES = 50_000;
  private static final int VALUE_BYTES = 1_000;

  /** How many pages are evacuated with one force. */
  @Param({"1", "64"})
  public int pages;

  private Path directory = Path.of("");
  private @Nullable ColdStore store;
  private @Nullable ColdTable table;
  private int segment;
  private int page;

  /** Fills a store in a temporary directory. */
  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory("firn-relocation-");
    ColdStore opened =
        ColdStore.open(directory, StoreOptions.builder().maximumDiskBytes(1L << 30).build());
    ColdTable filled = opened.table("t", TableOptions.defaults());
    Random random = new Random(1);
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < ENTRIES; i++) {
      random.nextBytes(value);
      filled.put(ByteBuffer.allocate(Long.BYTES).putLong(0, i).array(), value, ColdTable.NEVER);
    }
    opened.flush();
    store = opened;
    table = filled;
  }

  /** Closes the store and deletes it. */
  @TearDown
  public void close() {
    Objects.requireNonNull(store).close();
    Directories.delete(directory);
  }

  /** Evacuates the next pages that hold anything, segment by segment. */
  @Benchmark
  public EvacuationResult relocate() {
    Evacuator evacuator = Objects.requireNonNull(table).evacuator();
    while (true) {
      EvacuationResult result =
          evacuator.evacuate(List.of(next(evacuator)), RecordFilter.KEEP_ALL, move -> {});
      if (result.moved() > 0) {
        return result;
      }
    }
  }

  private PageRun next(Evacuator evacuator) {
    List<Segment> segments = evacuator.segments();
    Segment current = segments.get(segment % segments.size());
    if (page >= current.pages()) {
      page = 0;
      segment++;
      current = segments.get(segment % segments.size());
    }
    PageRun run = new PageRun(current.number(), page, pages);
    page += pages;
    return run;
  }
}
