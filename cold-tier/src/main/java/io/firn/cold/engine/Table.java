// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.Frames;
import io.firn.cold.format.Octets;
import io.firn.cold.index.Detached;
import io.firn.cold.index.HashIndex;
import io.firn.cold.index.Partition;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceWorker;
import io.firn.cold.segment.TableSpace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One table: its index, its data files, and the read and write paths over them. Thread-safe. */
public final class Table {
  /** Largest key, in bytes. */
  public static final int MAXIMUM_KEY_BYTES = 1 << 15;

  /** As the time of a write: now. */
  public static final long NOW = Long.MIN_VALUE;

  private final Engine engine;
  private final int id;
  private final String name;
  private volatile Octets options;
  private final HashIndex index;
  private final IndexFile indexFile;
  private final TableSpace space;
  private final SpaceWorker worker;
  private final TableReader reader;
  private final TableCounters counters = new TableCounters();
  private final Queue<Detached> sweeps = new ConcurrentLinkedQueue<>();
  private final AtomicLong clears = new AtomicLong();
  private final long createdLsn;
  private volatile boolean placed;
  private volatile boolean dropped;

  Table(Engine engine, int id, String name, Octets options, long baseLsn) {
    this.engine = engine;
    this.id = id;
    this.name = name;
    this.options = options;
    this.createdLsn = baseLsn;
    this.indexFile =
        new IndexFile(
            id,
            engine.disk(),
            engine.ledger(),
            engine.threads(),
            engine.relief()::headroomBytes,
            engine.reserve());
    this.index =
        new HashIndex(engine.options().index(), engine.epochs(), engine.threads(), indexFile);
    this.index.partitions().get(0).attach(new SlotPair(baseLsn));
    TableJournal journal = new TableJournal(engine, this);
    this.space =
        new TableSpace(
            id,
            engine.options().space(),
            engine.disk(),
            engine.ledger(),
            engine.threads(),
            journal);
    this.worker = new SpaceWorker(space, engine.disk(), engine.threads(), journal);
    this.reader = new TableReader(engine, this);
  }

  /** Returns the id, never used again after the table is gone. */
  public int id() {
    return id;
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns what happened to the table since it was opened. */
  public TableCounters counters() {
    return counters;
  }

  /** Returns the number of entries, expired ones that were not removed yet included. */
  public long size() {
    return index.size();
  }

  /** Returns the off-heap memory of the index, in bytes. */
  public long indexMemoryBytes() {
    return index.memoryBytes();
  }

  /** Returns the table's data files and their free space. */
  public TableSpace space() {
    return space;
  }

  /**
   * Bounds the bytes of the table's data files, garbage included, from now on; what is there
   * already stays. A put that would pass the limit waits or is refused as on a full disk.
   *
   * @param bytes the limit; 0 for none but the store's
   * @throws IllegalArgumentException if negative
   */
  public void limitBytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("limit of " + bytes + " bytes for table " + name);
    }
    space.limit(bytes == 0 ? Long.MAX_VALUE : bytes);
    engine.pressure().released();
  }

  /** Returns the limit of {@link #limitBytes}; 0 if there is none. */
  public long maximumBytes() {
    long limit = space.limit();
    return limit == Long.MAX_VALUE ? 0 : limit;
  }

  /** Returns the LSN of the frame that created the table, if this life created it. */
  long createdLsn() {
    return createdLsn;
  }

  Octets options() {
    return options;
  }

  /** Takes other options, which the log has. */
  void options(Octets changed) {
    options = changed;
  }

  HashIndex index() {
    return index;
  }

  IndexFile indexFile() {
    return indexFile;
  }

  SpaceWorker worker() {
    return worker;
  }

  Engine engine() {
    return engine;
  }

  /** Returns how many changes were made since the table was opened. */
  public long changes() {
    return counters.puts.sum() + counters.removes.sum() + clears.get();
  }

  /** Tells whether the table was dropped. */
  public boolean isDropped() {
    return dropped;
  }

  /** Returns the hash by which the index knows a key. */
  public long hashOf(byte[] key, int keyLength) {
    return engine.keyHash().hash(key, 0, keyLength);
  }

  /** Returns a counter that every write of the key bumps before the write is acknowledged. */
  public long writeStamp(long hash) {
    return engine.stamps().get(id, hash) + (clears.get() << 32);
  }

  /**
   * Reads the newest version of a key.
   *
   * @return what the decoder made of it; null if there is none, it has expired, or it is damaged
   * @throws StoreClosedException if the store is closed
   */
  public <T> @Nullable T get(long hash, byte[] key, int keyLength, ValueDecoder<T> decoder) {
    return reader.get(hash, key, keyLength, decoder);
  }

  /** Returns what reads the entries by other ways than their keys. */
  public TableReader reader() {
    return reader;
  }

  /**
   * Encodes a record and copies it to its place, so that only the commit is left: the part that may
   * wait, time out or fail. It waits for room up to {@link EngineOptions#spaceWaitNanos}, if
   * somebody listens to {@link Engine#pressure}.
   *
   * @param writeTimeMillis wall time of the write, kept in whole seconds, or {@link #NOW}
   * @param expiresAtMillis wall time at which the entry expires; {@link Long#MAX_VALUE} if never
   * @param attributes what is kept with the value, null for nothing
   * @throws IllegalArgumentException if the key is empty
   * @throws OversizedValueException if key or value are larger than the maximum
   * @throws io.firn.cold.model.DiskFullException if there is no room
   * @throws io.firn.cold.model.StoreIoException if the log or a file cannot be written
   * @throws StoreClosedException if the store is closed
   */
  public PendingWrite preparePut(
      long hash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long writeTimeMillis,
      long expiresAtMillis,
      byte @Nullable [] attributes) {
    checkSizes(keyLength, valueLength);
    Supplier<PendingWrite> once =
        () ->
            engine
                .writeScratch()
                .take()
                .preparedPut(
                    this,
                    hash,
                    key,
                    keyLength,
                    value,
                    valueLength,
                    writeTimeMillis,
                    expiresAtMillis,
                    attributes);
    long stamp = engine.pressure().stamp();
    try {
      return once.get();
    } catch (DiskFullException e) {
      return putWhenRoom(e, stamp, keyLength + valueLength, once);
    }
  }

  /** Prepares a put that is written now and has no attributes. */
  public PendingWrite preparePut(
      long hash, byte[] key, int keyLength, byte[] value, int valueLength, long expiresAtMillis) {
    return preparePut(hash, key, keyLength, value, valueLength, NOW, expiresAtMillis, null);
  }

  private PendingWrite putWhenRoom(
      DiskFullException first, long stamp, int bytes, Supplier<PendingWrite> again) {
    try {
      return engine.pressure().retry(this, bytes, stamp, first, again);
    } catch (DiskFullException e) {
      engine.relief().refused(e);
      throw e;
    }
  }

  /** Tells whether so many bytes would fit if nothing else were there. */
  boolean couldHold(long bytes) {
    return bytes <= Math.min(space.limit(), engine.ledger().maximumBytes());
  }

  /** Reserves what the removal of a key needs, like {@link #preparePut}. */
  public PendingWrite prepareRemove(long hash, byte[] key, int keyLength) {
    checkSizes(keyLength, 0);
    return engine.writeScratch().take().preparedRemove(this, hash);
  }

  /** Begins a batch of puts and removals, within {@link EngineOptions#batches}. */
  public PendingBatch batch() {
    return new PendingBatch(this);
  }

  void checkSizes(int keyLength, int valueLength) {
    if (keyLength == 0) {
      throw new IllegalArgumentException("empty key in table " + name);
    }
    if (keyLength > MAXIMUM_KEY_BYTES) {
      throw new OversizedValueException(
          "key of " + keyLength + " bytes in table " + name + ", at most " + MAXIMUM_KEY_BYTES,
          null);
    }
    int most = engine.options().maximumValueBytes();
    if (valueLength > most) {
      throw new OversizedValueException(
          "value of " + valueLength + " bytes in table " + name + ", at most " + most, null);
    }
  }

  /**
   * Removes all entries: one frame, and no record is touched. Loads partitions that nobody has used
   * yet, and does not wait for durability.
   *
   * @return the frame's LSN
   */
  public long clear() {
    long[] lsn = new long[1];
    int ticket = engine.writers().enter();
    try {
      checkOpen();
      engine.log().reserveOwn(Frames.HEADER_BYTES);
      index.lockAll(
          partitions -> {
            lsn[0] = engine.appendClear(id);
            long unused = clears.incrementAndGet();
            for (Partition partition : partitions) {
              sweeps.add(partition.clear());
            }
          });
    } finally {
      engine.writers().leave(ticket);
    }
    engine.wakeMaintenance();
    return lsn[0];
  }

  /** Returns once the frame at an LSN survives a power failure, in {@link FlushMode#SYNC}. */
  public void awaitDurable(long lsn) {
    engine.awaitDurable(lsn);
  }

  /** Voids all entries without a frame, as recovery does for one. */
  void clearDuringRecovery(long lsn) {
    index.lockAll(
        partitions -> {
          for (Partition partition : partitions) {
            if (IndexFile.pairOf(partition).newestLsn() <= lsn) {
              partition.clear().close();
            }
          }
        });
  }

  /** Removes all entries because removals may have been lost; before anyone uses the table. */
  void emptyDuringRecovery() {
    engine.log().reserveOwn(Frames.HEADER_BYTES);
    index.lockAll(
        partitions -> {
          long ignored = engine.appendClear(id);
          for (Partition partition : partitions) {
            partition.clear().close();
          }
        });
  }

  /**
   * Gives back the memory, and readies the return of the disk space, that the index does not need
   * any more; tells whether the next checkpoints move snapshots.
   */
  boolean gatherSnapshots() throws IOException {
    boolean[] gathered = {false};
    index.shrink();
    engine
        .checkpointer()
        .betweenCheckpoints(() -> gathered[0] = !dropped && indexFile.gather(index.partitions()));
    return gathered[0];
  }

  /** Debits the entries of one clear; tells whether there was one. */
  boolean sweep() {
    Detached detached = sweeps.poll();
    if (detached == null) {
      return false;
    }
    detached.forEach((hash, word) -> space.debit(word));
    detached.close();
    return true;
  }

  /** Tells whether entries that a clear removed are still to be debited. */
  boolean isSweeping() {
    return !sweeps.isEmpty();
  }

  /** Returns the lowest LSN of any snapshot that may still be loaded. */
  long oldestSnapshotLsn() {
    long oldest = Long.MAX_VALUE;
    indexFile.lock().lock();
    try {
      for (Partition partition : index.partitions()) {
        oldest = Math.min(oldest, IndexFile.pairOf(partition).oldestLsn());
      }
    } finally {
      indexFile.lock().unlock();
    }
    return oldest;
  }

  void checkOpen() {
    engine.checkOpen();
    if (dropped) {
      throw new StoreClosedException("table " + name + " was dropped", null);
    }
  }

  void drop() {
    dropped = true;
    engine.pressure().released();
  }

  /** Makes sure once that the snapshots of all partitions have their places on disk. */
  void ensurePlaces() {
    if (!placed) {
      for (Partition partition : index.partitions()) {
        indexFile.ensurePlaces(partition);
      }
      placed = true;
    }
  }

  /** Closes files and frees memory. */
  void close() throws IOException {
    index.close();
    indexFile.close();
    worker.close();
    space.close();
  }

  /** Returns the paths of all files of the table. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    for (Segment segment : space.segments()) {
      paths.add(segment.path());
    }
    return paths;
  }
}
