// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.io.DirectIo;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.testkit.SimThreads;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What the tasks of one seed share: the store, its model, and what was met. */
final class SimulationWorld {
  static final List<String> TABLE_NAMES = List.of("a", "b", "c");

  final SimulationShape shape;
  final SplittableRandom random;
  final SimulationTotals totals;
  final ManualTime time = new ManualTime();
  final DirectIo io = new DirectIo(time);

  /** The settings of this life. */
  EngineOptions options;

  final SimulationModel model = new SimulationModel();
  final Map<String, Table> tables = new HashMap<>();
  final Set<Long> addresses = new HashSet<>();
  final Map<Long, Long> segments = new HashMap<>();

  /** The pages out of which everything was moved, and that were not seen in use since. */
  final Set<EvacuatedPage> evacuated = new HashSet<>();

  /** A page of a segment, which is told from others of its number by its base. */
  record EvacuatedPage(int tableId, int segment, long lsnBase, int page) {}

  /** Null before the first life. */
  @Nullable SimThreads threads;

  /** Null before the first life. */
  @Nullable SimDisk disk;

  /** What watches the disk of this life, if the store has to stay below a limit. */
  @Nullable SimulationLimit limit;

  /** Null while no store is open. */
  @Nullable Engine engine;

  /** The batches under way; a crash drops those that have frames and no commit. */
  final Set<PendingBatch> batches = new HashSet<>();

  /** A change of a whole table is under way; there is one at a time. */
  boolean rareBusy;

  /** A change of a whole table failed, so that nobody knows whether it happened: this life ends. */
  boolean doubtful;

  /** Reads may fail on purpose. */
  boolean readsFail;

  /** The store had its reserve in this life. */
  boolean reserved;

  /** A put was refused for lack of space in this life. */
  boolean full;

  /** Faults are injected now. */
  boolean faulty;

  private @Nullable DiskCall failing;
  private long faultsBefore;

  /** The latest wall time that the store is known to have seen. */
  long seenWallMillis;

  /**
   * The latest wall time that any life of the store has seen: what had expired then may be gone.
   */
  private long everSeenWallMillis;

  private long sequence;

  SimulationWorld(SimulationShape shape, SplittableRandom random, SimulationTotals totals) {
    this.shape = shape;
    this.options = shape.options();
    this.random = random;
    this.totals = totals;
  }

  /** Returns the scheduler of this life. */
  SimThreads threads() {
    return Objects.requireNonNull(threads, "no life has begun");
  }

  /** Returns the disk of this life. */
  SimDisk disk() {
    return Objects.requireNonNull(disk, "no life has begun");
  }

  /** Returns the store, which is open. */
  Engine engine() {
    return Objects.requireNonNull(engine, "no store is open");
  }

  /** Returns the wall time of the store, and remembers it. */
  long wallMillis() {
    seenWallMillis = Math.max(seenWallMillis, engine().wallMillis());
    return seenWallMillis;
  }

  /** Returns the latest wall time that this life or an earlier one of the store has seen. */
  long latestWallMillis() {
    everSeenWallMillis = Math.max(everSeenWallMillis, wallMillis());
    return everSeenWallMillis;
  }

  static byte[] keyBytes(int key) {
    return ("k" + key).getBytes(StandardCharsets.UTF_8);
  }

  long hash(Table table, int key) {
    byte[] bytes = keyBytes(shape.collisions() ? key & ~1 : key);
    return table.hashOf(bytes, bytes.length);
  }

  byte[] value() {
    int limit = shape.maximumValue();
    int length =
        switch (random.nextInt(10)) {
          case 0 -> random.nextInt(3);
          case 1 -> Math.max(0, shape.options().space().pageBytes() - 40 + random.nextInt(80));
          default -> random.nextInt(limit + 1);
        };
    byte[] value = new byte[Math.min(length, 4 * limit)];
    new SplittableRandom(++sequence).nextBytes(value);
    return value;
  }

  /** Reads a key; null if there is none. Some keys are read as iterations do, by their hashes. */
  @Nullable SimulationRead read(Table table, int key) {
    byte[] bytes = keyBytes(key);
    if (key % 4 == 3 && !shape.collisions()) {
      return table
          .reader()
          .find(
              hash(table, key),
              (buffer, keyOffset, keyLength, offset, length, expiresAt) -> {
                if (!Arrays.equals(
                    bytes, 0, bytes.length, buffer, keyOffset, keyOffset + keyLength)) {
                  throw new AssertionError("another key than " + key);
                }
                return SimulationRead.of(buffer, offset, length, expiresAt);
              });
    }
    return table.get(
        hash(table, key),
        bytes,
        bytes.length,
        (buffer, offset, length, writeTime, expiresAt) ->
            SimulationRead.of(buffer, offset, length, expiresAt));
  }

  /** Notes that a change was refused; fails if nothing could have refused it. */
  void refused(SimulationOp op, FirnException cause) {
    if (op.lsn == 0 && !op.isRare()) {
      model.refuse(op);
    }
    if (op.isRare() && !(cause instanceof DiskFullException)) {
      doubtful = true;
    } else if (op.isRare()) {
      model.ops().remove(op);
    }
    expected(cause);
  }

  /** Fails unless an error is one that this seed provokes. */
  void expected(FirnException cause) {
    boolean noRoom = cause instanceof DiskFullException;
    if (noRoom) {
      totals.diskFull++;
    }
    if (!(noRoom && (shape.mayBeFull() || shape.isLimited())) && !faulty) {
      throw new AssertionError("an operation was refused: " + cause, cause);
    }
  }

  /** Counts the batches that a crash has dropped. */
  void dropBatches() {
    for (PendingBatch batch : batches) {
      totals.batchesDropped += batch.firstLsn() != 0 && batch.lsn() == 0 ? 1 : 0;
    }
    batches.clear();
  }

  /**
   * Fails if a verification found something, unless keys have the hashes of others on purpose, or
   * the disk failed.
   */
  void verified(VerifyReport report) {
    totals.verifications++;
    if (!report.isClean()
        && !shape.collisions()
        && shape.faults() != SimulationShape.Faults.BROKEN) {
      throw new AssertionError("the store does not verify: " + report);
    }
  }

  void startFaults() {
    faulty = shape.faults() != SimulationShape.Faults.NONE;
    faultsBefore = faultsSoFar();
    if (shape.faults() == SimulationShape.Faults.FULL) {
      disk().quotaBytes(shape.quotaBytes());
    } else if (shape.faults() == SimulationShape.Faults.BROKEN) {
      DiskCall[] calls = {
        DiskCall.FORCE, DiskCall.WRITE, DiskCall.ZERO, DiskCall.PUT, DiskCall.PUBLISH,
        DiskCall.PREPARE, DiskCall.OPEN, DiskCall.READ, DiskCall.GET, DiskCall.DELETE,
        DiskCall.SYNC_DIRECTORY, DiskCall.TRUNCATE, DiskCall.REGION
      };
      Fault[] faults = {Fault.EIO, Fault.ENOSPC, Fault.SHORT};
      DiskCall call = calls[random.nextInt(calls.length)];
      failing = call;
      readsFail = call == DiskCall.READ || call == DiskCall.GET;
      disk().faultRate(call, 0.003 + 0.05 * random.nextDouble(), faults[random.nextInt(3)]);
    }
  }

  private long faultsSoFar() {
    long sum = 0;
    for (Fault fault : Fault.values()) {
      sum += disk().counters().faults(fault);
    }
    return sum;
  }

  void endFaults() {
    totals.enospc += disk().counters().faults(Fault.ENOSPC);
    totals.eio += disk().counters().faults(Fault.EIO) + disk().counters().faults(Fault.SHORT);
    totals.failedForces += failing == DiskCall.FORCE ? faultsSoFar() - faultsBefore : 0;
    failing = null;
    disk().heal();
    disk().quotaBytes(Long.MAX_VALUE);
    faulty = false;
    readsFail = false;
  }

  /** Returns a table that exists, null if there is none. */
  @Nullable Table anyTable(SplittableRandom from) {
    if (tables.isEmpty()) {
      return null;
    }
    List<String> names = new ArrayList<>(tables.keySet());
    names.sort(null);
    return tables.get(names.get(from.nextInt(names.size())));
  }
}
