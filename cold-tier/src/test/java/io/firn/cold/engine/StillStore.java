// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.Octets;
import io.firn.cold.index.IndexShape;
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
import org.jspecify.annotations.Nullable;

/**
 * A small store on any disk, without threads of its own: workers act in {@link #work}, I/O happens
 * on the caller's thread, time stands still. One table is enough for most tests: {@link #TABLE}.
 */
final class StillStore implements AutoCloseable {
  static final String TABLE = "t";
  static final long NEVER = Long.MAX_VALUE;
  private static final int HEALING_SLICES = 600;

  /** The smallest log that the engine takes, small segments, one mebibyte of values. */
  static final EngineOptions OPTIONS =
      new EngineOptions(
          64L << 20,
          FlushMode.NONE,
          0,
          0,
          1 << 20,
          64L << 10,
          0,
          2048,
          new BatchLimits(1 << 20, 1000, 60_000_000_000L),
          new LogShape(16 << 10, 64 << 10, 16 << 10),
          new SpaceShape(4096, 64 << 10, 256 << 10, Address.MAX_SEGMENT, 8, 16 << 10, 4, 4),
          new IndexShape(16, 256, 64, 4),
          DamagePolicy.STANDARD,
          false,
          ArchivePolicy.NONE,
          0);

  private final StillThreads threads = new StillThreads();
  private final ManualTime time;
  private final Engine engine;

  private StillStore(Disk disk, EngineOptions options, ManualTime time) throws IOException {
    this.time = time;
    SplittableRandom random = new SplittableRandom(7);
    engine =
        StoreOpening.open(
            options,
            new Engine.Seams(
                disk, new CallerIo(), threads, time, random::nextLong, PendingWrite::new));
  }

  static StillStore open(Disk disk) throws IOException {
    return open(disk, OPTIONS);
  }

  static StillStore open(Disk disk, EngineOptions options) throws IOException {
    return new StillStore(disk, options, new ManualTime());
  }

  /** Returns the options with another policy for damage. */
  static EngineOptions ifDamaged(DamagePolicy damage) {
    return with(OPTIONS.maximumDiskBytes(), FlushMode.NONE, damage, false);
  }

  /** Returns the options with every write durable when it returns. */
  static EngineOptions sync() {
    return with(OPTIONS.maximumDiskBytes(), FlushMode.SYNC, OPTIONS.damage(), false);
  }

  /** Returns the options with so many bytes of sealed segments mapped for readers. */
  static EngineOptions mapped(long bytes) {
    return with(
        OPTIONS.maximumDiskBytes(),
        FlushMode.NONE,
        OPTIONS.damage(),
        false,
        bytes,
        OPTIONS.archive(),
        0);
  }

  /** Returns the options with another policy for the archive of the log. */
  static EngineOptions archiving(ArchivePolicy archive) {
    return with(
        OPTIONS.maximumDiskBytes(),
        OPTIONS.flushMode(),
        OPTIONS.damage(),
        false,
        OPTIONS.mappedBytes(),
        archive,
        0);
  }

  /** Returns the options of a small store whose writers wait for room. */
  static EngineOptions waiting(long diskBytes, long waitNanos) {
    return with(
        diskBytes,
        OPTIONS.flushMode(),
        OPTIONS.damage(),
        false,
        OPTIONS.mappedBytes(),
        OPTIONS.archive(),
        waitNanos);
  }

  static EngineOptions with(long diskBytes, FlushMode mode, DamagePolicy damage, boolean ifNewer) {
    return with(diskBytes, mode, damage, ifNewer, OPTIONS.mappedBytes(), OPTIONS.archive(), 0);
  }

  private static EngineOptions with(
      long diskBytes,
      FlushMode mode,
      DamagePolicy damage,
      boolean ifNewer,
      long mappedBytes,
      ArchivePolicy archive,
      long waitNanos) {
    EngineOptions o = OPTIONS;
    return new EngineOptions(
        diskBytes,
        mode,
        o.flushIntervalNanos(),
        o.flushBytes(),
        o.maximumValueBytes(),
        o.keptLogBytes(),
        mappedBytes,
        o.carriedBytes(),
        o.batches(),
        o.log(),
        o.space(),
        o.index(),
        damage,
        ifNewer,
        archive,
        waitNanos);
  }

  Engine engine() {
    return engine;
  }

  StillThreads threads() {
    return threads;
  }

  ManualTime time() {
    return time;
  }

  Table table() {
    return table(TABLE);
  }

  Table table(String name) {
    return engine.openTable(name, Octets.EMPTY);
  }

  /** Lets the workers act until nothing is left to do, at most {@code slices} times. */
  void work(int slices) {
    for (int i = 0; i < slices && threads.work() > 0; i++) {
      time.advance(1_000_000);
    }
  }

  /** Lets time pass, then every worker do one slice. */
  void pass(long nanos) {
    time.advance(nanos);
    int ignored = threads.work();
  }

  /** Lets workers act, and time pass, until the store is well; fails if it does not get well. */
  void heal() {
    for (int i = 0; engine.health().state() != StoreState.OK; i++) {
      if (i == HEALING_SLICES) {
        throw new AssertionError(String.valueOf(engine.health()));
      }
      pass(100_000_000);
    }
  }

  /** Takes a checkpoint of everything. */
  void checkpoint() throws IOException {
    engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
  }

  static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  /** Returns what a key holds after a round: bytes that follow from both. */
  static byte[] value(int i, int round) {
    SplittableRandom random = new SplittableRandom(i * 1_000_003L + round);
    byte[] value = new byte[random.nextInt(400)];
    random.nextBytes(value);
    return value;
  }

  static void put(Table table, int i, int round) {
    put(table, key(i), value(i, round));
  }

  static void put(Table table, byte[] key, byte[] value) {
    long hash = table.hashOf(key, key.length);
    try (PendingWrite write = table.preparePut(hash, key, key.length, value, value.length, NEVER)) {
      long ignored = write.commit();
      write.awaitDurable();
    }
  }

  static boolean remove(Table table, int i) {
    byte[] key = key(i);
    try (PendingWrite write = table.prepareRemove(table.hashOf(key, key.length), key, key.length)) {
      boolean removed = write.commit() != 0;
      write.awaitDurable();
      return removed;
    }
  }

  static byte @Nullable [] get(Table table, int i) {
    byte[] key = key(i);
    return table.get(
        table.hashOf(key, key.length),
        key,
        key.length,
        (buffer, offset, length, written, expires) ->
            Arrays.copyOfRange(buffer, offset, offset + length));
  }

  @Override
  public void close() {
    engine.close();
  }
}
