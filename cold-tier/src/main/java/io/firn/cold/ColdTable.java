// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.engine.Evacuator;
import io.firn.cold.engine.Table;
import io.firn.cold.model.EntryDecoder;
import io.firn.cold.model.HashRange;
import io.firn.cold.segment.Segment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One table of a store: byte keys to byte values. Thread-safe; callers may be virtual threads, and
 * interrupting them loses nothing. Null arguments give a {@link NullPointerException}.
 */
public final class ColdTable {
  /** The expiry of an entry that never expires. */
  public static final long NEVER = Long.MAX_VALUE;

  /** As the time of a write: now. */
  public static final long NOW = Table.NOW;

  private final Table table;

  ColdTable(Table table) {
    this.table = table;
  }

  /** Returns the name. */
  public String name() {
    return table.name();
  }

  /**
   * Bounds the bytes of the table's data files, garbage included, until the store is closed. What
   * is there already stays until compaction evicts it. A put that would pass the limit waits until
   * that has made room, or is refused as one on a full disk.
   *
   * @param bytes the limit; 0 for none but the store's, which is the default
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public void limitBytes(long bytes) {
    table.limitBytes(bytes);
  }

  /** Returns the hash of a key's first {@code keyLength} bytes, which the other methods take. */
  public long hashOf(byte[] key, int keyLength) {
    return table.hashOf(key, keyLength);
  }

  /**
   * Reads the newest version of a key. Never fails for damage or I/O: that is a counted miss.
   *
   * @return what the decoder made of it; null if there is none, or it has expired
   * @throws io.firn.cold.model.StoreClosedException if the store is closed or the table was dropped
   */
  public <T> @Nullable T get(long hash, byte[] key, int keyLength, RecordDecoder<T> decoder) {
    return table.get(hash, key, keyLength, decoder);
  }

  /**
   * Encodes a record and copies it to its place; only the commit is left. May wait.
   *
   * @param expiresAtMillis wall time at which the entry expires, or {@link #NEVER}
   * @throws IllegalArgumentException if the key is empty
   * @throws io.firn.cold.model.OversizedValueException if key or value are too large
   * @throws io.firn.cold.model.DiskFullException if there is no room
   * @throws io.firn.cold.model.StoreIoException if a file cannot be written
   * @throws io.firn.cold.model.StoreClosedException if the store is closed or the table was dropped
   */
  public ColdWrite preparePut(
      long hash, byte[] key, int keyLength, byte[] value, int valueLength, long expiresAtMillis) {
    return preparePut(hash, key, keyLength, value, valueLength, NOW, expiresAtMillis, null);
  }

  /**
   * Prepares a put like {@link #preparePut(long, byte[], int, byte[], int, long)}, with all that a
   * record can have.
   *
   * @param writeTimeMillis wall time of the write, kept in whole seconds, or {@link #NOW}
   * @param attributes what is kept with the value and given to {@link RecordDecoder#attributes};
   *     null for nothing
   */
  public ColdWrite preparePut(
      long hash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long writeTimeMillis,
      long expiresAtMillis,
      byte @Nullable [] attributes) {
    return (ColdWrite)
        table.preparePut(
            hash, key, keyLength, value, valueLength, writeTimeMillis, expiresAtMillis, attributes);
  }

  /** Reserves what a removal needs; the failures are those of {@link #preparePut}. */
  public ColdWrite prepareRemove(long hash, byte[] key, int keyLength) {
    return (ColdWrite) table.prepareRemove(hash, key, keyLength);
  }

  /** Begins a batch of puts and removals of this table, which happen together or not at all. */
  public ColdBatch batch() {
    return new ColdBatch(table.batch());
  }

  /** Writes a record: prepares, commits, and waits as the flush policy says. */
  public void put(byte[] key, byte[] value, long expiresAtMillis) {
    long hash = hashOf(key, key.length);
    try (ColdWrite write =
        preparePut(hash, key, key.length, value, value.length, expiresAtMillis)) {
      long ignored = write.commit();
      write.awaitDurable();
    }
  }

  /** Removes an entry; tells whether there was one. */
  public boolean remove(byte[] key) {
    long hash = hashOf(key, key.length);
    try (ColdWrite write = prepareRemove(hash, key, key.length)) {
      boolean removed = write.commit() != 0;
      write.awaitDurable();
      return removed;
    }
  }

  /** Returns a copy of the newest value of a key; null if there is none. */
  public byte @Nullable [] get(byte[] key) {
    return get(
        hashOf(key, key.length),
        key,
        key.length,
        (buffer, offset, length, writeTimeMillis, expiresAtMillis) ->
            Arrays.copyOfRange(buffer, offset, offset + length));
  }

  /**
   * Returns a counter that every write of the key, and every clear, bumps before it is
   * acknowledged. Keys may share a counter.
   */
  public long writeStamp(long hash) {
    return table.writeStamp(hash);
  }

  /** Removes all entries, with one log record, and waits as the flush policy says. */
  public void clear() {
    awaitDurable(commitClear());
  }

  /**
   * Removes all entries, with one log record, without waiting for its durability.
   *
   * @return what {@link #awaitDurable} takes
   */
  public long commitClear() {
    return table.clear();
  }

  /** Returns once a clear survives a power failure, if the flush policy is to wait for that. */
  public void awaitDurable(long clear) {
    table.awaitDurable(clear);
  }

  /**
   * Reads the newest version of whichever key has a hash; not counted as a read. Never fails for
   * damage or I/O.
   *
   * @return what the decoder made of it; null if there is none, or it has expired
   */
  public <T> @Nullable T find(long hash, EntryDecoder<T> decoder) {
    return table.reader().find(hash, decoder);
  }

  /**
   * Returns where the record of a hash is, as a number that is larger for one that stands further
   * behind in the files; {@link Long#MAX_VALUE} if there is none, or it cannot be told now.
   */
  public long place(long hash) {
    return table.reader().place(hash);
  }

  /**
   * Copies the hashes of all entries, expired ones included, from a hash on: those of whole parts
   * of the index, until there are enough.
   *
   * @param from 0 begins; then {@link HashRange#next}
   * @param enough how many hashes end the range, if there are so many
   * @throws io.firn.cold.model.StoreIoException if a part of the index cannot be loaded
   */
  public HashRange hashes(long from, int enough) {
    return table.reader().hashes(from, enough);
  }

  /** Returns what moves records out of pages, so that the pages or whole files become free. */
  public Evacuator evacuator() {
    return new Evacuator(table);
  }

  /** Returns the number of entries, expired ones that were not removed yet included. */
  public long size() {
    return table.size();
  }

  /** Returns what happened to the table since it was opened. */
  public TableStats stats() {
    long diskBytes = 0;
    for (Segment segment : table.space().segments()) {
      diskBytes += segment.capacity();
    }
    return new TableStats(
        table.size(),
        table.counters().hits.sum(),
        table.counters().misses.sum(),
        table.counters().expired.sum(),
        table.counters().damaged.sum(),
        table.counters().collisions.sum(),
        table.counters().puts.sum(),
        table.counters().putBytes.sum(),
        table.counters().removes.sum(),
        table.space().liveCharge(),
        diskBytes,
        table.space().figures(),
        table.indexMemoryBytes());
  }

  /** The longest key, in bytes. */
  public static int maximumKeyBytes() {
    return Table.MAXIMUM_KEY_BYTES;
  }
}
