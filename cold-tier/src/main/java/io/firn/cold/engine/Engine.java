// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Threads;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Frames;
import io.firn.cold.format.Octets;
import io.firn.cold.format.StoreIdentity;
import io.firn.cold.index.Epochs;
import io.firn.cold.index.KeyHash;
import io.firn.cold.io.AsyncIo;
import io.firn.cold.io.AsyncIoStats;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.Address;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreHealth;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.TimeSource;
import io.firn.cold.wal.Log;
import io.firn.cold.wal.LogArchive;
import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A store at work: what its tables share. Thread-safe.
 *
 * <p>Opened by {@link StoreOpening}; closed once.
 */
public final class Engine implements AutoCloseable {
  private static final Logger LOG = Loggers.of(Engine.class);

  /** What an engine is built on; all of it is the caller's to choose and to close. */
  public record Seams(
      Disk disk,
      AsyncIo io,
      Threads threads,
      TimeSource time,
      LongSupplier randoms,
      Supplier<? extends PendingWrite> writes) {}

  /** How far the engine is with its life. */
  private enum State {
    OPENING,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final EngineOptions options;
  private final Seams seams;
  private final DiskLedger ledger;
  private final LogArchive archive;
  private final Log log;
  private final Forcer forcer;
  private final Epochs epochs = new Epochs();
  private final Epochs writers = new Epochs();
  private final WallClock wall;
  private final SpacePressure pressure;
  private final WriteStamps stamps = new WriteStamps();
  private final OpenBatches batches;
  private final JobStates jobs;
  private final ManifestStore manifests;
  private final Tables tables;
  private final Striped<ReadScratch> readScratch;
  private final Striped<PendingWrite> writeScratch;
  private final DamageLog damage = new DamageLog();
  private final Workers workers;
  private final Relief relief = new Relief(this);
  private final Reserve reserve = new Reserve(this);
  private final Healer healer;
  private StoreIdentity identity = new StoreIdentity(0, 0, 0, 0, 0, 0);
  private KeyHash keyHash = new KeyHash(0, 0);
  private Checkpointer checkpointer;
  private @Nullable Recovery recovery;
  private @Nullable RecoveryReport report;
  private long firstLsn;
  private volatile State state = State.OPENING;

  Engine(EngineOptions options, Seams seams) {
    this.options = options;
    this.seams = seams;
    this.ledger = new DiskLedger(options.maximumDiskBytes());
    Disk disk = seams.disk();
    Threads threads = seams.threads();
    TimeSource time = seams.time();
    this.wall = new WallClock(time, threads);
    this.pressure = new SpacePressure(threads, time, options.spaceWaitNanos());
    ledger.onRelease(pressure::released);
    this.archive = new LogArchive(options.archive(), disk, ledger, seams.io(), threads, time);
    this.log = new Log(options.log(), disk, ledger, threads, time, seams.randoms(), archive);
    this.forcer =
        new Forcer(
            disk, seams.io(), log, threads, wall::millis, options.flushMode() == FlushMode.SYNC);
    this.batches = new OpenBatches(log::end, threads);
    this.jobs = new JobStates(this);
    this.manifests = new ManifestStore(disk, ledger, threads, jobs::plannedBytes);
    this.tables = new Tables(this);
    this.readScratch = new Striped<>(threads, ReadScratch::new);
    this.writeScratch = new Striped<>(threads, seams.writes()::get);
    this.checkpointer = new Checkpointer(this, 1);
    this.workers = new Workers(this);
    this.healer = new Healer(this);
    healer.listen();
  }

  // What the parts of the engine share.

  EngineOptions options() {
    return options;
  }

  Disk disk() {
    return seams.disk();
  }

  Threads threads() {
    return seams.threads();
  }

  TimeSource time() {
    return seams.time();
  }

  DiskLedger ledger() {
    return ledger;
  }

  Log log() {
    return log;
  }

  LogArchive archive() {
    return archive;
  }

  Forcer forcer() {
    return forcer;
  }

  Epochs epochs() {
    return epochs;
  }

  Epochs writers() {
    return writers;
  }

  WallClock wall() {
    return wall;
  }

  WriteStamps stamps() {
    return stamps;
  }

  OpenBatches batches() {
    return batches;
  }

  KeyHash keyHash() {
    return keyHash;
  }

  ManifestStore manifests() {
    return manifests;
  }

  Checkpointer checkpointer() {
    return checkpointer;
  }

  Relief relief() {
    return relief;
  }

  Reserve reserve() {
    return reserve;
  }

  Healer healer() {
    return healer;
  }

  StoreIdentity identity() {
    return identity;
  }

  int nextTableId() {
    return tables.nextId();
  }

  Striped<ReadScratch> readScratch() {
    return readScratch;
  }

  Striped<PendingWrite> writeScratch() {
    return writeScratch;
  }

  long wallMillis() {
    return wall.millis();
  }

  List<Table> tables() {
    return tables.all();
  }

  /** The tables as the frames below an LSN made them. */
  record Catalogue(List<Table> tables, int nextTableId, long lsn) {}

  /** Returns the tables together with the LSN from which the log says what becomes of them. */
  Catalogue catalogue() {
    return tables.catalogue();
  }

  @Nullable Table table(int id) {
    return tables.get(id);
  }

  // Opening, in the order in which StoreOpening calls.

  void identify(StoreIdentity store, int firstTableId, long nextSlotNumber) {
    identity = store;
    keyHash = new KeyHash(store.hashSeed0(), store.hashSeed1());
    tables.startIds(firstTableId);
    checkpointer = new Checkpointer(this, nextSlotNumber);
  }

  Table addTable(int id, String name, Octets tableOptions, long baseLsn) {
    return tables.add(id, name, tableOptions, baseLsn);
  }

  /** Forgets a table that a frame drops during recovery; its files are orphans then. */
  void removeTable(int id) throws IOException {
    tables.remove(id);
  }

  Seams seams() {
    return seams;
  }

  /** Notes where this life's frames begin. */
  void logStarted(long lsn) {
    firstLsn = lsn;
    batches.start(lsn);
  }

  void opened(Recovery finished, RecoveryReport what) {
    recovery = finished;
    report = what;
    state = State.OPEN;
    reserve.makeAtOpening();
    workers.start();
  }

  /** Returns what opening found. */
  public RecoveryReport recovery() {
    RecoveryReport what = report;
    if (what == null) {
      throw new IllegalStateException("the store is not open");
    }
    return what;
  }

  // The catalogue.

  /**
   * Opens a table, creating it if there is none of that name.
   *
   * @param tableOptions of one that has none; another keeps its own
   * @throws StoreClosedException if the store is closed
   */
  public Table openTable(String name, Octets tableOptions) {
    return openTable(name, stored -> stored.length() == 0 ? tableOptions : stored);
  }

  /**
   * Opens a table, creating it if there is none of that name.
   *
   * @param tableOptions says from the options that the table has, none if it is new, which it gets;
   *     runs alone, and what it throws ends the opening before anything was changed. Options of a
   *     table that is there already stay as they were if there is no room to store others
   * @throws io.firn.cold.model.DiskFullException if a new one finds no room
   * @throws StoreIoException if a new one cannot be logged
   * @throws StoreClosedException if the store is closed
   */
  public Table openTable(String name, UnaryOperator<Octets> tableOptions) {
    return tables.open(name, tableOptions);
  }

  /** Returns the names of all tables. */
  public List<String> tableNames() {
    return tables.names();
  }

  /**
   * Deletes a table and its files.
   *
   * @return the LSN of the drop; 0 if there is no table of that name
   */
  public long dropTable(String name) {
    return tables.drop(name);
  }

  // What tables and workers ask for.

  void checkOpen() {
    if (state != State.OPEN) {
      throw new StoreClosedException("the store in " + disk().describe() + " is closed", null);
    }
  }

  /** Appends a clear whose room was reserved; returns its LSN. */
  long appendClear(int tableId) {
    FrameWriter frame = new FrameWriter();
    long lsn = log.begin(Frames.HEADER_BYTES);
    try {
      log.publish(frame, frame.tableClear(tableId), lsn);
    } finally {
      log.endAppend();
    }
    return lsn;
  }

  void awaitDurable(long lsn) {
    if (options.flushMode() == FlushMode.SYNC) {
      forcer.ensureDurable(lsn + 1);
    }
  }

  /** Notes a record that did not verify. */
  void damaged(Table table, long word) {
    damage.add(table.name(), word);
    LOG.warn("damaged record in table {} at {}", table.name(), Address.describe(word));
  }

  /** Returns the latest damaged records, in words; bounded. */
  public List<String> quarantine() {
    return damage.latest();
  }

  void wakeMaintenance() {
    workers.wakeMaintenance();
  }

  void wakePreparer() {
    workers.wakePreparer();
  }

  @Nullable Recovery pendingRecovery() {
    return recovery;
  }

  void recoveryComplete() {
    recovery = null;
  }

  // Figures.

  /** Returns where writers wait for room. */
  public SpacePressure pressure() {
    return pressure;
  }

  /** Returns bytes on disk by kind and what the engine did so far. */
  public EngineStats stats() {
    return EngineStats.of(this, damage.count(), log.end() - firstLsn);
  }

  /** Returns where the long-running jobs stand. */
  public JobStates jobs() {
    return jobs;
  }

  /** Returns how well the store works, and why. */
  public StoreHealth health() {
    return healer.health();
  }

  /** Returns latency and throughput of the I/O workers. */
  public AsyncIoStats ioStats() {
    return seams.io().stats();
  }

  /**
   * Reads everything and compares it; changes nothing, while other calls go on.
   *
   * @throws StoreClosedException if the store is closed, or is closed meanwhile
   * @throws StoreIoException if the disk fails in a way that leaves nothing to compare
   */
  public VerifyReport verify() {
    return new Verifier(this).run();
  }

  /** Returns once everything acknowledged before the call survives a power failure. */
  public void flush() {
    checkOpen();
    forcer.ensureDurable(log.end());
  }

  /**
   * Ends the work: waits for calls under way, forces, takes a last checkpoint, closes all files. A
   * failure leaves a store that recovers at the next open. A second call does nothing.
   */
  @Override
  public void close() {
    if (state == State.OPEN) {
      healer.beforeClose();
    }
    if (!tables.whileSame(this::beginClosing)) {
      return;
    }
    awaitNobodyInside();
    workers.close();
    try {
      StoreOpening.closeFiles(this);
    } catch (IOException | RuntimeException e) {
      LOG.warn("the store in {} was not closed cleanly", disk().describe(), e);
    } finally {
      state = State.CLOSED;
      epochs.close();
    }
  }

  private boolean beginClosing() {
    if (state != State.OPEN) {
      return false;
    }
    state = State.CLOSING;
    pressure.released();
    return true;
  }

  void awaitNobodyInside() {
    long readersStamp = epochs.stamp();
    long writersStamp = writers.stamp();
    while (!epochs.isPast(readersStamp) || !writers.isPast(writersStamp)) {
      boolean unusedReaders = epochs.advance();
      boolean unusedWriters = writers.advance();
      threads().yieldNow();
    }
  }
}
