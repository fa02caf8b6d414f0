// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.agent.SystemThreads;
import io.firn.cold.engine.BatchLimits;
import io.firn.cold.engine.DamagePolicy;
import io.firn.cold.engine.Engine;
import io.firn.cold.engine.EngineOptions;
import io.firn.cold.engine.FlushMode;
import io.firn.cold.engine.StoreOpening;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.VerifyReport;
import io.firn.cold.index.IndexShape;
import io.firn.cold.io.AsyncIo;
import io.firn.cold.io.ContainerMemory;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskLock;
import io.firn.cold.io.LockHeldException;
import io.firn.cold.io.NioDisk;
import io.firn.cold.io.Randoms;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.StoreLockedException;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.wal.LogShape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A durable store of byte tables in one directory, owned by one process. Thread-safe.
 *
 * <p>A restart keeps it; so does {@code kill -9}. Reads never fail for damage: they miss.
 */
public final class ColdStore implements AutoCloseable {
  private static final int IO_WORKERS = 2;
  private static final int IO_QUEUE = 256;
  private static final long LOCK_POLL_NANOS = 20_000_000L;
  private static final long DEFAULT_DISK_BYTES = 10L << 30;
  private static final int STORE_SHARE = 64;

  /** Several segments of the log are always kept free, so they are smaller than those of data. */
  private static final int LOG_SHARE = 4;

  private static final int PAGE_BYTES = 16 << 10;
  private static final long LOG_MINIMUM_BYTES = 256L << 10;
  private static final long LOG_MAXIMUM_BYTES = 64L << 20;
  private static final long KEPT_LOG_BYTES = 2L << 20;
  private static final long KEPT_CARRYING_LOG_BYTES = 16L << 20;
  private static final int CARRIED_BYTES = 32 << 10;
  private static final long AHEAD_BYTES = 128L << 10;
  private static final int EXTENT_PAGES = 64;
  private static final int STREAMS = 10;
  private static final int SEGMENTS_PER_STREAM = 8;
  private static final int BATCH_SHARE = 16;

  private final Engine engine;
  private final AsyncIo io;
  private final DiskLock lock;

  private ColdStore(Engine engine, AsyncIo io, DiskLock lock) {
    this.engine = engine;
    this.io = io;
    this.lock = lock;
  }

  /**
   * Opens the store in a directory, creating both if absent, and recovers it.
   *
   * @throws StoreLockedException if another process or instance has it open for longer than {@code
   *     ifLocked}
   * @throws io.firn.cold.model.CorruptStoreException if the directory holds something else, or the
   *     store is damaged and the options say to fail
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote the store
   * @throws StoreIoException if the directory cannot be used
   */
  public static ColdStore open(Path directory, StoreOptions options) {
    DiskLock lock = null;
    AsyncIo io = null;
    boolean done = false;
    try {
      NioDisk disk = NioDisk.open(directory);
      lock = lock(disk, options);
      io = AsyncIo.open(AsyncIo.Backend.THREADS, IO_WORKERS, IO_QUEUE, options.time());
      Engine.Seams seams =
          new Engine.Seams(
              disk,
              io,
              new SystemThreads("firn"),
              options.time(),
              Randoms.secure(),
              ColdWrite::new);
      Engine engine = StoreOpening.open(engineOptions(disk, options), seams);
      done = true;
      return new ColdStore(engine, io, lock);
    } catch (IOException e) {
      throw new StoreIoException("store in " + directory + " cannot be opened: " + e, e);
    } finally {
      if (!done) {
        close(io, lock);
      }
    }
  }

  private static void close(@Nullable AsyncIo io, @Nullable DiskLock lock) {
    if (io != null) {
      io.close();
    }
    if (lock != null) {
      lock.close();
    }
  }

  private static DiskLock lock(Disk disk, StoreOptions options) throws IOException {
    String holder = "process " + ManagementFactory.getRuntimeMXBean().getName();
    long started = options.time().nanoTime();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return disk.lock(StoreOpening.LOCK_FILE, holder);
        } catch (LockHeldException e) {
          if (options.time().nanoTime() - started >= options.ifLocked().toNanos()) {
            throw new StoreLockedException(
                "the store in "
                    + disk.describe()
                    + " is in use by "
                    + e.holder()
                    + "; waited "
                    + options.ifLocked(),
                e);
          }
        }
        // With the flag set no pause would last.
        interrupted |= Thread.interrupted();
        LockSupport.parkNanos(LOCK_POLL_NANOS);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static EngineOptions engineOptions(NioDisk disk, StoreOptions options)
      throws IOException {
    long maximum = options.maximumDiskBytes();
    if (maximum == 0) {
      // What the store has itself counts as free, or each opening would leave it less.
      long available = disk.usableBytes() + disk.storedBytes();
      maximum =
          Math.max(StoreOptions.SMALLEST_DISK_BYTES, Math.min(DEFAULT_DISK_BYTES, available / 2));
    }
    long share = Long.highestOneBit(maximum / STORE_SHARE);
    long largestSegment = Math.min(options.maximumSegmentBytes(), share);
    long smallestLog = Math.min(LOG_MINIMUM_BYTES, share);
    LogShape log =
        new LogShape(
            smallestLog,
            Math.min(LOG_MAXIMUM_BYTES, Math.max(smallestLog, share / LOG_SHARE)),
            AHEAD_BYTES);
    SpaceShape space =
        new SpaceShape(
            PAGE_BYTES,
            Math.min(1L << 20, largestSegment),
            largestSegment,
            Address.MAX_SEGMENT,
            EXTENT_PAGES,
            AHEAD_BYTES,
            STREAMS,
            SEGMENTS_PER_STREAM);
    return new EngineOptions(
        maximum,
        options.flushPolicy().mode(),
        options.flushPolicy().intervalNanos(),
        options.flushPolicy().bytes(),
        options.maximumValueBytes(),
        Math.min(
            options.flushPolicy().mode() == FlushMode.SYNC
                ? KEPT_CARRYING_LOG_BYTES
                : KEPT_LOG_BYTES,
            maximum / 8),
        ContainerMemory.totalBytes() / 4,
        Math.min(CARRIED_BYTES, log.maximumFrameBytes() / 2),
        new BatchLimits(
            Math.min(options.maximumBatchBytes(), maximum / BATCH_SHARE),
            options.maximumBatchKeys(),
            options.maximumBatchTime().toNanos()),
        log,
        space,
        IndexShape.standard(),
        damagePolicy(options),
        options.ifNewer() == IfNewer.START_EMPTY,
        options.archive(),
        options.maximumSpaceWait().toNanos());
  }

  private static DamagePolicy damagePolicy(StoreOptions options) {
    IfDamaged what = options.ifDamaged();
    if (what == null) {
      return DamagePolicy.STANDARD;
    }
    return switch (what) {
      case SALVAGE -> DamagePolicy.SALVAGE;
      case START_EMPTY -> DamagePolicy.START_EMPTY;
      case FAIL -> DamagePolicy.FAIL;
    };
  }

  /**
   * Opens a table, creating it if there is none of that name. What the options know and the table
   * does not is remembered with it from now on, unless a full or failing disk prevents that.
   *
   * @throws io.firn.cold.model.CodecMismatchException if keys or values of the table are known to
   *     have another format; nothing was changed
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote its options
   * @throws io.firn.cold.model.DiskFullException if a new table finds no room
   * @throws StoreIoException if a new table cannot be logged
   * @throws io.firn.cold.model.StoreClosedException if the store is closed
   */
  public ColdTable table(String name, TableOptions options) {
    Objects.requireNonNull(options, "options");
    return new ColdTable(engine.openTable(name, stored -> options.joined(name, stored)));
  }

  /** Returns the names of all tables. */
  public Set<String> tableNames() {
    return new TreeSet<>(engine.tableNames());
  }

  /** Deletes a table and its files; nothing happens if there is none of that name. */
  public void drop(String name) {
    long ignored = engine.dropTable(name);
  }

  /** Returns the store as those see it who make its space usable again. */
  public StoreSpace space() {
    return new StoreSpace(engine);
  }

  /** Returns what the store uses and did since it was opened. */
  public StoreStats stats() {
    return new StoreStats(
        engine.health(), engine.stats(), engine.recovery(), engine.ioStats(), engine.quarantine());
  }

  /**
   * Reads everything and compares it: manifests, snapshots, log, every page and record, the index,
   * the accounts of space. Changes nothing; other calls go on meanwhile. Takes about as long as
   * reading all files once.
   *
   * @throws io.firn.cold.model.StoreClosedException if the store is closed, or is closed meanwhile
   */
  public VerifyReport verify() {
    return engine.verify();
  }

  /** Returns once everything acknowledged before the call survives a power failure. */
  public void flush() {
    engine.flush();
  }

  /** Closes the store; a second call does nothing. Never throws for I/O: the next open recovers. */
  @Override
  public void close() {
    engine.close();
    io.close();
    lock.close();
  }
}
