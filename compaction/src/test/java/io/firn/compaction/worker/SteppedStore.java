// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.BatchLimits;
import io.firn.cold.engine.DamagePolicy;
import io.firn.cold.engine.Engine;
import io.firn.cold.engine.EngineOptions;
import io.firn.cold.engine.FlushMode;
import io.firn.cold.engine.PendingWrite;
import io.firn.cold.engine.StoreOpening;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.engine.VerifyReport;
import io.firn.cold.format.Octets;
import io.firn.cold.index.IndexShape;
import io.firn.cold.io.DirectIo;
import io.firn.cold.io.Disk;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreState;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.wal.ArchivePolicy;
import io.firn.cold.wal.LogShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A small store with one table and its compaction, on any disk and one thread: its workers act, and
 * time passes, when a test says so.
 */
final class SteppedStore implements AutoCloseable {
  static final String TABLE = "books";
  static final long NEVER = Long.MAX_VALUE;
  static final int SEGMENT_BYTES = 64 << 10;

  private static final long NANOS_OF_A_SLICE = 1_000_000;
  private static final long NANOS_OF_AN_IDLE_SLICE = 100_000_000;
  private static final int WORKERS = 2;
  private static final int MOST_SLICES = 20_000;

  private final ManualTime time;
  private final SteppedThreads threads = new SteppedThreads();
  private final Engine engine;
  private final StoreSpace space;
  private final StoreCompaction compaction;
  private final Table table;

  private SteppedStore(Disk disk, long maximumBytes, ManualTime time, int workers)
      throws IOException {
    this.time = time;
    SplittableRandom random = new SplittableRandom(7);
    engine =
        StoreOpening.open(
            options(maximumBytes),
            new Engine.Seams(
                disk,
                new DirectIo(time),
                threads,
                time,
                random::nextLong,
                () -> new PendingWrite() {}));
    space = new StoreSpace(engine);
    compaction = StoreCompaction.start(space, workers);
    table = engine.openTable(TABLE, Octets.EMPTY);
  }

  /** Opens the store, with compaction going on by itself. */
  static SteppedStore open(Disk disk, long maximumBytes, ManualTime time) {
    return open(disk, maximumBytes, time, WORKERS);
  }

  /** Opens the store with so many workers, with compaction going on by itself. */
  static SteppedStore open(Disk disk, long maximumBytes, ManualTime time, int workers) {
    try {
      return new SteppedStore(disk, maximumBytes, time, workers);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The smallest log that the engine takes, and the smallest segments. */
  private static EngineOptions options(long maximumBytes) {
    return new EngineOptions(
        maximumBytes,
        FlushMode.NONE,
        0,
        0,
        1 << 20,
        64L << 10,
        0,
        2048,
        new BatchLimits(1 << 20, 1000, 60_000_000_000L),
        new LogShape(16 << 10, 64 << 10, 16 << 10),
        new SpaceShape(
            4096, SEGMENT_BYTES, 4 * SEGMENT_BYTES, Address.MAX_SEGMENT, 8, 16 << 10, 4, 4),
        new IndexShape(16, 256, 64, 4),
        DamagePolicy.STANDARD,
        false,
        ArchivePolicy.NONE,
        0);
  }

  Engine engine() {
    return engine;
  }

  StoreSpace space() {
    return space;
  }

  StoreCompaction compaction() {
    return compaction;
  }

  Table table() {
    return table;
  }

  SteppedThreads threads() {
    return threads;
  }

  ManualTime time() {
    return time;
  }

  /** Lets every worker do a slice, and a little time pass; more if there was nothing to do. */
  int step() {
    int done = threads.work();
    time.advance(done > 0 ? NANOS_OF_A_SLICE : NANOS_OF_AN_IDLE_SLICE);
    return done;
  }

  /** Lets the workers act until nothing is left to do. */
  void settle() {
    int idle = 0;
    for (int i = 0; idle < 2; i++) {
      if (i == MOST_SLICES) {
        throw new AssertionError("the workers find no end");
      }
      idle = step() > 0 ? 0 : idle + 1;
    }
  }

  /** Seals all that is being filled, and waits for it. */
  void seal() {
    table.space().closeStreams();
    settle();
  }

  /** Lets the workers act until a future is done, while time stands still. */
  <T> CompletableFuture<T> await(CompletableFuture<T> future) {
    for (int i = 0; !future.isDone(); i++) {
      if (i == MOST_SLICES) {
        throw new AssertionError("a job never ends");
      }
      int unused = threads.work();
    }
    return future;
  }

  /** Tells whether nothing runs or waits, and all is well. */
  boolean isAtRest() {
    return engine.health().state() == StoreState.OK && compaction.jobs().isEmpty();
  }

  VerifyReport verify() {
    return engine.verify();
  }

  static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns what a key holds after a round: bytes that follow from both. */
  static byte[] value(int i, int round) {
    SplittableRandom random = new SplittableRandom(i * 1_000_003L + round);
    byte[] value = new byte[random.nextInt(800)];
    random.nextBytes(value);
    return value;
  }

  void put(int i, int round, long expiresAtMillis) {
    put(key(i), value(i, round), expiresAtMillis);
  }

  void put(byte[] key, byte[] value, long expiresAtMillis) {
    put(table, key, value, expiresAtMillis);
  }

  static void put(Table table, byte[] key, byte[] value, long expiresAtMillis) {
    long hash = table.hashOf(key, key.length);
    try (PendingWrite write =
        table.preparePut(hash, key, key.length, value, value.length, expiresAtMillis)) {
      long unused = write.commit();
    }
  }

  boolean remove(byte[] key) {
    return remove(table, key);
  }

  static boolean remove(Table table, byte[] key) {
    try (PendingWrite write = table.prepareRemove(table.hashOf(key, key.length), key, key.length)) {
      return write.commit() != 0;
    }
  }

  byte @Nullable [] get(byte[] key) {
    return get(table, key);
  }

  static byte @Nullable [] get(Table table, byte[] key) {
    return table.get(
        table.hashOf(key, key.length),
        key,
        key.length,
        (buffer, offset, length, written, expires) ->
            Arrays.copyOfRange(buffer, offset, offset + length));
  }

  @Override
  public void close() {
    compaction.close();
    engine.close();
  }
}
