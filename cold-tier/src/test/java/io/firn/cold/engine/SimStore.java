// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.Octets;
import io.firn.cold.index.IndexShape;
import io.firn.cold.io.DirectIo;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.testkit.SimOutcome;
import io.firn.cold.testkit.SimThreads;
import io.firn.cold.wal.ArchivePolicy;
import io.firn.cold.wal.LogShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A small store with one table on a simulated disk, used from the test's own thread. Its workers
 * act only while the test lets time pass.
 */
final class SimStore {
  private final FlushMode mode;
  private final DamagePolicy damage;
  private final ManualTime time = new ManualTime();
  private final SplittableRandom random;
  SimThreads threads;
  SimDisk disk;
  Engine engine;
  Table table;

  private SimStore(FlushMode mode, DamagePolicy damage, long seed, @Nullable SimDisk left)
      throws IOException {
    this.mode = mode;
    this.damage = damage;
    this.random = new SplittableRandom(seed);
    this.threads = new SimThreads(seed, time);
    this.disk = left == null ? new SimDisk(seed, threads) : left.crash(CrashKind.PROCESS, threads);
    this.engine =
        StoreOpening.open(
            options(),
            new Engine.Seams(
                disk, new DirectIo(time), threads, time, random::nextLong, PendingWrite::new));
    this.table = engine.openTable("t", Octets.EMPTY);
  }

  static SimStore create(FlushMode mode) throws IOException {
    return new SimStore(mode, DamagePolicy.STANDARD, 1, null);
  }

  /** Opens the store again from what a disk holds. */
  static SimStore open(FlushMode mode, DamagePolicy damage, long seed, SimDisk left)
      throws IOException {
    return new SimStore(mode, damage, seed, left);
  }

  private EngineOptions options() {
    return new EngineOptions(
        64 << 20,
        mode,
        1_000_000,
        1 << 20,
        1 << 20,
        1 << 20,
        0,
        1024,
        new BatchLimits(256 << 10, 100, 1_000_000_000L),
        new LogShape(16 << 10, 16 << 10, 16 << 10),
        new SpaceShape(1024, 64 << 10, 64 << 10, 1 << 20, 8, 16 << 10, 1, 4),
        new IndexShape(64, 1 << 16, 1 << 16, 1),
        damage,
        false,
        ArchivePolicy.NONE,
        0);
  }

  static byte[] key(int key) {
    return ("key-" + key).getBytes(StandardCharsets.UTF_8);
  }

  /** Puts a value; returns its LSN. */
  long put(int key, String value) {
    byte[] bytes = key(key);
    byte[] content = value.getBytes(StandardCharsets.UTF_8);
    long hash = table.hashOf(bytes, bytes.length);
    try (PendingWrite write =
        table.preparePut(hash, bytes, bytes.length, content, content.length, Long.MAX_VALUE)) {
      long lsn = write.commit();
      write.awaitDurable();
      return lsn;
    }
  }

  long remove(int key) {
    byte[] bytes = key(key);
    try (PendingWrite write =
        table.prepareRemove(table.hashOf(bytes, bytes.length), bytes, bytes.length)) {
      long lsn = write.commit();
      write.awaitDurable();
      return lsn;
    }
  }

  @Nullable String get(int key) {
    byte[] bytes = key(key);
    return table.get(
        table.hashOf(bytes, bytes.length),
        bytes,
        bytes.length,
        (buffer, offset, length, written, expires) ->
            new String(buffer, offset, length, StandardCharsets.UTF_8));
  }

  /** Lets the workers act for some time. */
  SimOutcome pass(long millis) {
    threads.spawn("sleeper", () -> threads.sleep(millis * 1_000_000));
    return threads.run();
  }
}
