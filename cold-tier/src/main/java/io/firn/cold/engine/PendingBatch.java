// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.index.Partition;
import io.firn.cold.index.PartitionLocks;
import io.firn.cold.model.Address;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.WriteTimeoutException;
import io.firn.cold.segment.Claim;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts and removals of one table that happen together or not at all, also across a crash. For one
 * thread.
 *
 * <p>{@link #put} and {@link #remove} collect copies in memory; {@link #prepare} appends records
 * and frames, which may wait or fail; {@link #commit} appends the commit and makes all of it
 * visible. Until then readers see nothing of it, and redo ignores it: there is nothing to undo.
 */
public final class PendingBatch implements AutoCloseable {
  /* Ownership: all fields belong to the caller's thread. What others may see is the registration in
   * OpenBatches, by which a checkpoint can give the batch up before its commit begins. */

  private static final int DELETE_BYTES = 32;
  private static final int COMMIT_BYTES = 40;

  /**
   * What an entry costs besides its key and value, so that a batch of empty ones is bounded too.
   */
  private static final int ENTRY_BYTES = 64;

  private static final int NO_TICKET = -1;

  private enum State {
    COLLECTING,
    PREPARED,
    COMMITTED,
    CLOSED
  }

  private final Table table;
  private final BatchLimits limits;
  private final long startNanos;
  private final Map<Long, Entry> collected = new HashMap<>();
  private final FrameWriter frame = new FrameWriter();
  private State state = State.COLLECTING;
  private Entry[] entries = {};
  private long[] hashes = {};
  private long bytes;
  private int ticket = NO_TICKET;
  private long id = RecordAppender.NO_BATCH;
  private long firstLsn;
  private boolean reserved;
  private long lsn;

  /** One key of the batch. A removal has no value. */
  private static final class Entry {
    final long hash;
    final byte[] key;
    final byte @Nullable [] value;
    final long expiresAtMillis;
    final byte @Nullable [] attributes;
    final Claim claim = new Claim();
    int recordBytes;
    long word = Address.NONE;
    long replaced = Address.NONE;
    long stamp;

    Entry(
        long hash,
        byte[] key,
        byte @Nullable [] value,
        long expiresAtMillis,
        byte @Nullable [] attributes) {
      this.hash = hash;
      this.key = key;
      this.value = value;
      this.expiresAtMillis = expiresAtMillis;
      this.attributes = attributes;
    }

    long cost() {
      return ENTRY_BYTES
          + (long) key.length
          + (value == null ? 0 : value.length)
          + (attributes == null ? 0 : attributes.length);
    }
  }

  PendingBatch(Table table) {
    this.table = table;
    this.limits = table.engine().options().batches();
    this.startNanos = table.engine().time().nanoTime();
  }

  /**
   * Adds a put, in place of what the batch had for the key; the arrays are copied.
   *
   * @param expiresAtMillis wall time at which the entry expires; {@link Long#MAX_VALUE} if never
   * @param attributes what is kept with the value, null for nothing; not copied
   * @throws IllegalArgumentException if the key is empty or one too many
   * @throws OversizedValueException if key, value or batch are larger than the maximum
   * @throws WriteTimeoutException if the batch is open for too long; it is given up then
   */
  public void put(
      long hash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long expiresAtMillis,
      byte @Nullable [] attributes) {
    table.checkSizes(keyLength, valueLength);
    add(
        new Entry(
            hash,
            Arrays.copyOf(key, keyLength),
            Arrays.copyOf(value, valueLength),
            expiresAtMillis,
            attributes));
  }

  /** Adds a put without attributes. */
  public void put(
      long hash, byte[] key, int keyLength, byte[] value, int valueLength, long expiresAtMillis) {
    put(hash, key, keyLength, value, valueLength, expiresAtMillis, null);
  }

  /** Adds a removal, like {@link #put}. */
  public void remove(long hash, byte[] key, int keyLength) {
    table.checkSizes(keyLength, 0);
    add(new Entry(hash, Arrays.copyOf(key, keyLength), null, Long.MAX_VALUE, null));
  }

  /** Tells whether a key and value that have so many bytes together fit. */
  public boolean hasRoom(int keyAndValueBytes) {
    return collected.size() < limits.keys()
        && bytes + ENTRY_BYTES + keyAndValueBytes <= limits.bytes();
  }

  private void add(Entry entry) {
    require(State.COLLECTING);
    checkTime();
    Entry before = collected.get(entry.hash);
    if (before == null && collected.size() == limits.keys()) {
      throw new IllegalArgumentException(
          "batch of more than " + limits.keys() + " keys in table " + table.name());
    }
    long total = bytes + entry.cost() - (before == null ? 0 : before.cost());
    if (total > limits.bytes()) {
      throw new OversizedValueException(
          "batch of more than " + limits.bytes() + " bytes in table " + table.name(), null);
    }
    bytes = total;
    collected.put(entry.hash, entry);
  }

  private void checkTime() {
    if (table.engine().time().nanoTime() - startNanos > limits.nanos()) {
      throw timeout();
    }
  }

  private WriteTimeoutException timeout() {
    close();
    return new WriteTimeoutException(
        "batch in table "
            + table.name()
            + " was open for more than "
            + limits.nanos() / 1_000_000
            + " ms and was given up",
        null);
  }

  private void require(State expected) {
    if (state != expected) {
      throw new IllegalStateException("the batch is " + state + ", not " + expected);
    }
  }

  /**
   * Appends records and frames, so that only the commit is left: the part that may wait or fail.
   * The batch is closed if it fails.
   *
   * @throws io.firn.cold.model.DiskFullException if there is no room
   * @throws StoreIoException if the log or a file cannot be written
   * @throws WriteTimeoutException if it takes too long
   * @throws io.firn.cold.model.StoreClosedException if the store is closed
   */
  public void prepare() {
    require(State.COLLECTING);
    Engine engine = table.engine();
    boolean done = false;
    try {
      checkTime();
      ticket = engine.writers().enter();
      table.checkOpen();
      arrange();
      if (entries.length > 0) {
        engine.reserve().beforePut(table);
        engine.relief().reserveLog(COMMIT_BYTES);
        reserved = true;
        table.index().ensureRoom(hashesOfPuts());
        id = engine.batches().open(startNanos + limits.nanos());
        append(engine);
      }
      state = State.PREPARED;
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
  }

  /** Puts the entries in the order of their partitions. */
  private void arrange() {
    entries = collected.values().toArray(new Entry[0]);
    collected.clear();
    Arrays.sort(entries, (a, b) -> Long.compareUnsigned(a.hash, b.hash));
    hashes = new long[entries.length];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = entries[i].hash;
    }
  }

  private long[] hashesOfPuts() {
    return Arrays.stream(entries)
        .filter(entry -> entry.value != null)
        .mapToLong(entry -> entry.hash)
        .toArray();
  }

  private void append(Engine engine) {
    RecordAppender appender = new RecordAppender();
    for (Entry entry : entries) {
      checkTime();
      long position;
      if (entry.value == null) {
        position = appendRemoval(engine, entry);
      } else {
        position = appendRecord(engine, appender, entry, entry.value);
      }
      firstLsn = firstLsn == 0 ? position : firstLsn;
      if (!engine.threads().keeps(Rule.APPLY_AT_COMMIT)) {
        try (PartitionLocks locks = new PartitionLocks(table.index())) {
          locks.lock(new long[] {entry.hash});
          apply(engine, locks, entry);
        }
      }
    }
  }

  private long appendRecord(Engine engine, RecordAppender appender, Entry entry, byte[] value) {
    try {
      appender.prepare(
          table,
          entry.claim,
          entry.hash,
          entry.key,
          entry.key.length,
          value,
          value.length,
          Table.NOW,
          entry.expiresAtMillis,
          entry.attributes,
          true);
      long position = appender.begin(engine);
      appender.publish(engine, entry.claim, entry.hash, false, id, position);
      entry.recordBytes = appender.recordBytes();
      entry.word = entry.claim.word();
      return position;
    } finally {
      appender.unreserve(engine);
    }
  }

  private long appendRemoval(Engine engine, Entry entry) {
    engine.relief().reserveLog(DELETE_BYTES);
    engine.threads().step(Step.RESERVED);
    long position = engine.log().begin(DELETE_BYTES);
    try {
      int length = frame.inBatch(frame.delete(table.id(), entry.hash, 0), id);
      engine.log().publish(frame, length, position);
    } finally {
      engine.log().endAppend();
    }
    return position;
  }

  /**
   * Makes the batch visible to readers, key by key. Never waits for space or for the device.
   *
   * @return the LSN of the commit; 0 if the batch was empty
   * @throws WriteTimeoutException if the batch is open for too long; nothing has changed then
   * @throws StoreIoException if the log cannot be written; nothing has changed then
   */
  public long commit() {
    require(State.PREPARED);
    Engine engine = table.engine();
    if (entries.length > 0) {
      checkTime();
      if (!commitUnderLocks(engine)) {
        throw timeout();
      }
      finish(engine);
    }
    state = State.COMMITTED;
    return lsn;
  }

  /** Appends the commit and applies all entries; false if a checkpoint has given the batch up. */
  private boolean commitUnderLocks(Engine engine) {
    boolean applied = !engine.threads().keeps(Rule.APPLY_AT_COMMIT);
    try (PartitionLocks locks = new PartitionLocks(table.index())) {
      locks.lock(hashes);
      if (!engine.batches().beginCommit(id)) {
        return false;
      }
      appendCommit(engine);
      for (Entry entry : entries) {
        if (!applied) {
          apply(engine, locks, entry);
        }
      }
      engine.batches().committed(id, lsn);
    }
    return true;
  }

  private void appendCommit(Engine engine) {
    reserved = false;
    long position = engine.log().begin(COMMIT_BYTES);
    lsn = position;
    try {
      engine.log().publish(frame, frame.batchCommit(id, firstLsn, entries.length), position);
    } catch (StoreIoException e) {
      lsn = 0; // not published
      throw e;
    } finally {
      engine.log().endAppend();
    }
  }

  /** Sets one entry, under the lock of its partition. */
  private void apply(Engine engine, PartitionLocks locks, Entry entry) {
    Partition partition = locks.of(entry.hash);
    entry.replaced =
        entry.word == Address.NONE
            ? partition.remove(entry.hash)
            : partition.put(entry.hash, entry.word);
    engine.stamps().bump(table.id(), entry.hash);
    entry.stamp = table.writeStamp(entry.hash);
    engine.threads().step(Step.ENTRY_SET);
  }

  private void finish(Engine engine) {
    for (Entry entry : entries) {
      if (entry.replaced != Address.NONE) {
        table.space().debit(entry.replaced);
      }
      if (entry.claim.isOpen()) {
        entry.claim.finish();
      }
      table.counters().wrote(entry.value == null, entry.recordBytes);
    }
    engine.threads().step(Step.DEBITED);
  }

  /**
   * Returns what {@link Table#writeStamp} of a key was just after the commit: as long as it is
   * that, the key has the version of this batch.
   *
   * @throws IllegalArgumentException if the batch has no such key, or is not committed
   */
  public long writeStamp(long hash) {
    int low = 0;
    int high = hashes.length - 1;
    while (low <= high && state == State.COMMITTED) {
      int middle = (low + high) >>> 1;
      int order = Long.compareUnsigned(hashes[middle], hash);
      if (order == 0) {
        return entries[middle].stamp;
      }
      low = order < 0 ? middle + 1 : low;
      high = order < 0 ? high : middle - 1;
    }
    throw new IllegalArgumentException("no committed write of hash " + Long.toHexString(hash));
  }

  /**
   * Returns once the batch survives a power failure, in {@link FlushMode#SYNC}; else at once.
   *
   * @throws StoreIoException if the force failed
   */
  public void awaitDurable() {
    if (lsn != 0) {
      table.engine().awaitDurable(lsn);
    }
  }

  /** Returns the LSN of the commit as soon as it is known; 0 before. */
  long lsn() {
    return lsn;
  }

  /** Returns the LSN of the first frame; 0 while there is none. */
  long firstLsn() {
    return firstLsn;
  }

  /** Gives everything back; abandons the batch if it was not committed. */
  @Override
  public void close() {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    Engine engine = table.engine();
    for (Entry entry : entries) {
      if (entry.claim.isOpen()) {
        table.space().abandon(entry.claim);
      }
    }
    if (reserved) {
      engine.log().unreserve(COMMIT_BYTES);
      reserved = false;
    }
    engine.batches().abandoned(id);
    if (ticket != NO_TICKET) {
      engine.writers().leave(ticket);
    }
  }
}
